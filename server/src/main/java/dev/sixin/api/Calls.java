package dev.sixin.api;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Door.Visit;
import dev.sixin.entity.Talker;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.MDC;

/// The one way that calls take, whatever their dialect: the door, who is calling, the rule. Rules
/// run on virtual threads and may wait.
///
/// How a call ends is told once, on any thread: what its rule answered, or what was thrown.
public final class Calls {
  /// Clients give up after a few seconds.
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(4);

  private final Authenticator authenticator;
  private final Executor executor;
  private final Door door;
  private final Busy busy;
  private final Owed owed;
  private final CallLog log;
  private final Farewell farewell;

  /// How much is done at once; what is beyond it is refused (-509).
  ///
  /// @param calls under way
  /// @param callsOfUser under way of one user
  /// @param owedBytes of answers that were not taken yet; one connection may have a quarter of it,
  ///   one user too
  /// @param patience how long an answer may take to be read; then it is given up
  public record Limits(int calls, int callsOfUser, long owedBytes, Duration patience) {}

  /// Calls within these limits.
  ///
  /// @param log what is told of each call
  /// @param farewell what tells their connections when the server stops
  public Calls(
      Authenticator authenticator,
      Executor executor,
      Limits limits,
      CallLog log,
      Farewell farewell) {
    this.authenticator = authenticator;
    this.executor = new InOrder(executor);
    this.door = new Door(limits.calls(), System::nanoTime);
    this.busy = new Busy(limits.callsOfUser());
    this.owed = new Owed(limits.owedBytes(), limits.patience());
    this.log = log;
    this.farewell = farewell;
    log.showUnderWay(door::underWay);
  }

  /// A call begins that gRPC or the JSON of the site's calls brought.
  Call begin(ServiceRequestContext context) {
    return begin(context, context.path());
  }

  /// A call begins.
  ///
  /// @param path what names it: that of the same call over gRPC
  public Call begin(ServiceRequestContext context, String path) {
    farewell.tell(context);
    RequestIds.echo(context);
    return log.begin(context, path);
  }

  /// Whether a call that comes now would be let in. What asks early spares itself the reading of a
  /// request that will be refused; it says so by [#refused].
  public boolean hasRoom() {
    return door.isOpen();
  }

  /// A call was refused because there was no room.
  public void refused() {
    log.refused();
  }

  /// Counts an answer until it was sent or given up.
  ///
  /// @throws Refusal when too much was answered that nobody takes (-509)
  public void owe(ServiceRequestContext context, int answerBytes) {
    owed.add(context, answerBytes);
  }

  /// Refuses (-509) to make a large answer for a user who has not taken others.
  public void requireRoomForLarge(long uid) {
    owed.requireRoomForLarge(uid);
  }

  /// Refuses (-101) a call that does not carry the admin token. What asks early spares itself the
  /// reading of a request that will be refused.
  void requireAdmin(RequestHeaders headers) {
    authenticator.requireAdmin(headers);
  }

  /// Does a user's call.
  <T> void user(
      Call call, Function<Caller, CompletionStage<T>> rule, BiConsumer<? super T, Throwable> end) {
    run(call, soon(() -> as(call, authenticator.user(call.headers()), rule)), Visit::end, end);
  }

  /// Does a user's call of the web dialect.
  public <T> CompletableFuture<T> user(
      Call call, WebCredentials credentials, Function<Caller, CompletionStage<T>> rule) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    run(
        call,
        soon(() -> as(call, authenticator.user(credentials), rule)),
        Visit::end,
        into(answer));
    return answer;
  }

  /// Does a user's call of the web dialect, however long their line takes for it.
  public <T> CompletableFuture<T> slowUser(
      Call call, WebCredentials credentials, Function<Caller, T> rule) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    run(
        call,
        () ->
            as(
                call,
                authenticator.user(credentials),
                caller -> CompletableFuture.completedFuture(rule.apply(caller))),
        Visit::endOfLongWork,
        into(answer));
    return answer;
  }

  private static <T> Supplier<T> soon(Supplier<T> work) {
    return () -> Deadline.within(ANSWER_WITHIN, work);
  }

  /// Does what a user asks for, unless too much of theirs is under way.
  private <T> CompletionStage<T> as(
      Call call, Caller caller, Function<Caller, CompletionStage<T>> rule) {
    long uid = caller.uid();
    owed.isOf(call.context(), uid);
    if (!busy.enter(uid)) {
      throw Refusal.of(Code.OVERLOADED, "calls: too many of this user are under way");
    }
    try {
      return rule.apply(caller).whenComplete((_, _) -> busy.leave(uid));
    } catch (RuntimeException | Error e) {
      busy.leave(uid);
      throw e;
    }
  }

  private static <T> BiConsumer<T, Throwable> into(CompletableFuture<T> answer) {
    return (value, thrown) -> {
      if (thrown == null) {
        answer.complete(value);
      } else {
        answer.completeExceptionally(thrown);
      }
    };
  }

  /// Does a call that only the site may make. How long it takes is not held against the calls that
  /// come after it.
  <T> void site(
      Call call, Supplier<CompletionStage<T>> rule, BiConsumer<? super T, Throwable> end) {
    run(
        call,
        () -> {
          authenticator.requireAdmin(call.headers());
          return rule.get();
        },
        Visit::endOfLongWork,
        end);
  }

  private <T> void run(
      Call call,
      Supplier<CompletionStage<T>> rule,
      Consumer<Visit> leave,
      BiConsumer<? super T, Throwable> end) {
    Visit visit = door.enter();
    if (visit == null) {
      log.refused();
      end.accept(null, Refusal.of(Code.OVERLOADED));
      return;
    }
    executor.execute(
        () -> {
          CompletionStage<T> answer;
          MDC.put(CallLog.REQUEST, call.id()); // goes with the thread
          try {
            answer = rule.get();
          } catch (RuntimeException | Error e) {
            answer = CompletableFuture.failedFuture(e);
          }
          answer.whenComplete(
              (value, thrown) -> {
                leave.accept(visit);
                end.accept(value, call.end(thrown));
              });
        });
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
