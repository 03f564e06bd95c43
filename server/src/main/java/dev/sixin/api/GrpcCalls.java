package dev.sixin.api;

import com.google.protobuf.MessageLite;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// [Calls] as gRPC makes them: the answer or the error goes to a [StreamObserver].
final class GrpcCalls {
  /// Answers larger than this are compressed for clients that accept it.
  private static final int COMPRESS_ABOVE_BYTES = 1 << 10;

  private final Calls calls;

  GrpcCalls(Calls calls) {
    this.calls = calls;
  }

  /// Answers a user's call.
  <T extends MessageLite> void user(StreamObserver<T> out, Function<Caller, T> rule) {
    userLater(out, caller -> CompletableFuture.completedFuture(rule.apply(caller)));
  }

  /// Answers a user's call once what its rule began has ended.
  <T extends MessageLite> void userLater(
      StreamObserver<T> out, Function<Caller, CompletionStage<T>> rule) {
    Call call = begin();
    ServerCallStreamObserver<T> observer = observer(out);
    calls.user(call, rule, (value, thrown) -> end(call.context(), observer, value, thrown));
  }

  /// Answers a call that only the site may make.
  <T extends MessageLite> void admin(StreamObserver<T> out, Supplier<T> rule) {
    site(out, () -> CompletableFuture.completedFuture(rule.get()));
  }

  /// Answers a call that only the site may make once what its rule began has ended, however long
  /// that takes.
  <T extends MessageLite> void adminLater(
      StreamObserver<T> out, Supplier<CompletionStage<T>> rule) {
    ServiceRequestContext.current().clearRequestTimeout();
    site(out, rule);
  }

  private <T extends MessageLite> void site(
      StreamObserver<T> out, Supplier<CompletionStage<T>> rule) {
    Call call = begin();
    ServerCallStreamObserver<T> observer = observer(out);
    calls.site(call, rule, (value, thrown) -> end(call.context(), observer, value, thrown));
  }

  /// Answers a call that only the site may make in pieces, however long that takes. The rule hands
  /// over one after another and is held up when the caller takes them more slowly.
  <T extends MessageLite> void adminStream(StreamObserver<T> out, Consumer<Consumer<T>> rule) {
    Call call = begin();
    call.context().clearRequestTimeout();
    ServerCallStreamObserver<T> observer = (ServerCallStreamObserver<T>) out;
    Pieces<T> pieces = new Pieces<>(observer);
    calls.site(
        call,
        () -> {
          rule.accept(pieces::send);
          return CompletableFuture.completedFuture(null);
        },
        (_, thrown) -> {
          if (thrown == null) {
            observer.onCompleted();
          } else if (!(thrown instanceof CancellationException)) { // else nobody is left to be told
            observer.onError(Errors.toGrpc(call.headers(), thrown));
          }
        });
  }

  private Call begin() {
    return calls.begin(ServiceRequestContext.current());
  }

  private static <T> ServerCallStreamObserver<T> observer(StreamObserver<T> out) {
    ServerCallStreamObserver<T> observer = (ServerCallStreamObserver<T>) out;
    observer.setOnCancelHandler(() -> {}); // else answering a call that was given up throws
    return observer;
  }

  private <T extends MessageLite> void end(
      ServiceRequestContext context, ServerCallStreamObserver<T> out, T value, Throwable thrown) {
    RequestHeaders headers = context.request().headers();
    if (thrown != null) {
      out.onError(Errors.toGrpc(headers, thrown));
      return;
    }
    int bytes = value.getSerializedSize();
    try {
      calls.owe(context, bytes);
    } catch (Refusal e) {
      out.onError(Errors.toGrpc(headers, e));
      return;
    }
    if (bytes > COMPRESS_ABOVE_BYTES && headers.get("grpc-accept-encoding", "").contains("gzip")) {
      out.setCompression("gzip");
    }
    out.onNext(value);
    out.onCompleted();
  }
}
