package dev.sixin.api;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.push.End;
import dev.sixin.push.Line;
import dev.sixin.push.Watcher;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/// A stream to a device over gRPC.
///
/// @param <T> what is sent on it
abstract class GrpcWatch<T> extends WatchStream {
  protected final ServerCallStreamObserver<T> out;
  private final ServiceRequestContext context;

  /// A stream that answers the call that is being made on this thread.
  GrpcWatch(Watches watches, StreamObserver<T> observer) {
    super(watches, ServiceRequestContext.current().eventLoop().withoutContext());
    context = ServiceRequestContext.current();
    context.clearRequestTimeout();
    out = (ServerCallStreamObserver<T>) observer;
    out.setOnReadyHandler(this::goOn);
    out.setOnCancelHandler(this::leave);
  }

  /// Lets the caller's device watch, or refuses.
  ///
  /// @param watch how it begins
  final void open(Calls calls, BiFunction<Caller, Line, Watcher> watch) {
    calls.user(
        calls.begin(context),
        caller -> CompletableFuture.completedFuture(watch.apply(caller, this)),
        (watcher, thrown) -> {
          if (thrown == null) {
            begin(watcher);
          } else {
            out.onError(Errors.toGrpc(headers(), thrown));
          }
        });
  }

  private RequestHeaders headers() {
    return context.request().headers();
  }

  /// What says that the token is worthless now.
  protected abstract T kickOut(long uid);

  @Override
  protected final boolean isReady() {
    return out.isReady();
  }

  @Override
  protected final void end(long uid, End reason) {
    switch (reason) {
      case KICKED_OUT -> {
        out.onNext(kickOut(uid));
        out.onCompleted();
      }
      case REPLACED -> out.onCompleted();
      case STOPPING -> out.onError(Errors.toGrpc(headers(), Refusal.of(Code.SYSTEM_ERROR)));
    }
  }
}
