package dev.sixin.api;

import com.google.protobuf.MessageLite;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Door.Visit;
import dev.sixin.entity.Talker;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The one way that calls take: who is calling, the rule, the answer or the error. Rules run on
/// virtual threads and may wait.
public final class Calls {
  /// Answers larger than this are compressed for clients that accept it.
  private static final int COMPRESS_ABOVE_BYTES = 1 << 10;

  private final Authenticator authenticator;
  private final Executor executor;
  private final Door door;

  /// @param limit how many calls may be under way at once; more are refused (-509)
  public Calls(Authenticator authenticator, Executor executor, int limit) {
    this.authenticator = authenticator;
    this.executor = new InOrder(executor);
    this.door = new Door(limit, System::nanoTime);
  }

  /// Whether a call that comes now would be let in. What asks early spares itself the reading of a
  /// request that will be refused.
  boolean hasRoom() {
    return door.isOpen();
  }

  /// Refuses (-101) a call that does not carry the admin token. What asks early spares itself the
  /// reading of a request that will be refused.
  void requireAdmin(RequestHeaders headers) {
    authenticator.requireAdmin(headers);
  }

  /// Answers a user's call.
  <T extends MessageLite> void user(StreamObserver<T> out, Function<Caller, T> rule) {
    userLater(out, caller -> CompletableFuture.completedFuture(rule.apply(caller)));
  }

  /// Answers a user's call once what its rule began has ended.
  <T extends MessageLite> void userLater(
      StreamObserver<T> out, Function<Caller, CompletionStage<T>> rule) {
    RequestHeaders headers = headers();
    run(headers, out, () -> rule.apply(authenticator.user(headers)), Visit::end);
  }

  /// Does by plain HTTP what a user asks for, however long their line takes for it.
  <T> CompletableFuture<T> slowUser(RequestHeaders headers, Function<Caller, T> rule) {
    Visit visit = door.enter();
    if (visit == null) {
      return CompletableFuture.failedFuture(Refusal.of(Code.OVERLOADED));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            answer.complete(rule.apply(authenticator.user(headers)));
          } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
          } finally {
            visit.endOfLongWork();
          }
        });
    return answer;
  }

  /// Answers a call that only the site may make.
  <T extends MessageLite> void admin(StreamObserver<T> out, Supplier<T> rule) {
    RequestHeaders headers = headers();
    run(
        headers,
        out,
        () -> {
          authenticator.requireAdmin(headers);
          return CompletableFuture.completedFuture(rule.get());
        },
        Visit::endOfLongWork);
  }

  /// Answers a call that only the site may make once what its rule began has ended, however long
  /// that takes.
  <T extends MessageLite> void adminLater(
      StreamObserver<T> out, Supplier<CompletionStage<T>> rule) {
    RequestHeaders headers = headers();
    ServiceRequestContext.current().clearRequestTimeout();
    run(
        headers,
        out,
        () -> {
          authenticator.requireAdmin(headers);
          return rule.get();
        },
        Visit::endOfLongWork);
  }

  /// Answers a call that only the site may make in pieces, however long that takes. The rule hands
  /// over one after another and is held up when the caller takes them more slowly.
  <T extends MessageLite> void adminStream(StreamObserver<T> out, Consumer<Consumer<T>> rule) {
    RequestHeaders headers = headers();
    ServiceRequestContext.current().clearRequestTimeout();
    ServerCallStreamObserver<T> observer = (ServerCallStreamObserver<T>) out;
    Pieces<T> pieces = new Pieces<>(observer);
    Visit visit = door.enter();
    if (visit == null) {
      observer.onError(Errors.overloaded(headers));
      return;
    }
    executor.execute(
        () -> {
          try {
            authenticator.requireAdmin(headers);
            rule.accept(pieces::send);
            observer.onCompleted();
          } catch (CancellationException e) {
            return; // nobody is left to be told
          } catch (RuntimeException | Error e) {
            observer.onError(Errors.toGrpc(headers, e));
          } finally {
            visit.endOfLongWork();
          }
        });
  }

  private static RequestHeaders headers() {
    return ServiceRequestContext.current().request().headers();
  }

  private <T extends MessageLite> void run(
      RequestHeaders headers,
      StreamObserver<T> out,
      Supplier<CompletionStage<T>> rule,
      Consumer<Visit> end) {
    ServerCallStreamObserver<T> observer = (ServerCallStreamObserver<T>) out;
    observer.setOnCancelHandler(() -> {}); // else answering a call that was given up throws
    Visit visit = door.enter();
    if (visit == null) {
      observer.onError(Errors.overloaded(headers));
      return;
    }
    executor.execute(
        () -> {
          CompletionStage<T> answer;
          try {
            answer = rule.get();
          } catch (RuntimeException | Error e) {
            answer = CompletableFuture.failedFuture(e);
          }
          answer.whenComplete(
              (value, thrown) -> {
                end.accept(visit);
                if (thrown != null) {
                  observer.onError(Errors.toGrpc(headers, thrown));
                } else {
                  answer(headers, observer, value);
                }
              });
        });
  }

  private static <T extends MessageLite> void answer(
      RequestHeaders headers, ServerCallStreamObserver<T> out, T value) {
    if (value.getSerializedSize() > COMPRESS_ABOVE_BYTES
        && headers.get("grpc-accept-encoding", "").contains("gzip")) {
      out.setCompression("gzip");
    }
    out.onNext(value);
    out.onCompleted();
  }

  /// A value that a request must have; -400 without it.
  static long required(String field, long value) {
    if (value == 0) {
      throw Refusal.of(Code.BAD_REQUEST, field + ": required");
    }
    return value;
  }

  /// The talker that a request names: -400 when something is missing, 2 for another kind.
  static Talker talker(int sessionType, long talkerId) {
    required("session_type", sessionType);
    required("talker_id", talkerId);
    Refusal.require("session_type", sessionType, Talker.PRIVATE, Talker.GROUP);
    return new Talker(sessionType, talkerId);
  }

  /// A number of 32 bits that is unsigned on the wire, cut to `most`; 0 means `otherwise`.
  static int size(int unsigned, int otherwise, int most) {
    return unsigned == 0
        ? otherwise
        : Integer.compareUnsigned(unsigned, most) > 0 ? most : unsigned;
  }
}
