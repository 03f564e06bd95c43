package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.Failure;
import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Result.Second;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceImplBase;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The load client against real servers.
class LoadTest {
  private static final int USERS = 50;
  private static final int CONTACTS = 4;
  private static final Plan PLAN =
      new Plan(2, 8, 1, Duration.ofMillis(100), Duration.ofMillis(300), 1, 0);

  private final Population population = new Population(USERS, CONTACTS);
  private final Queue<Received> received = new ConcurrentLinkedQueue<>();
  private Server server;

  private record Received(String authorization, Msg msg) {}

  /// Answers as the echo does, and remembers what came.
  private final class Remembering extends ImInterfaceImplBase {
    private final EchoServer.Echo echo = new EchoServer.Echo();

    @Override
    public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
      ServiceRequestContext context = RequestContext.current();
      received.add(
          new Received(context.request().headers().get("authorization"), request.getMsg()));
      echo.sendMsg(request, out);
    }
  }

  private Result run(ImInterfaceImplBase service, int textBytes, Plan plan)
      throws InterruptedException {
    server = EchoServer.start(0, service);
    return load(uri(), textBytes, plan);
  }

  private Result load(URI uri, int textBytes, Plan plan) throws InterruptedException {
    Progress progress = new Progress(new PrintWriter(new StringWriter()), false);
    return Load.run("send", plan, uri, calls(textBytes)::send, () -> Duration.ZERO, progress);
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + server.activeLocalPort());
  }

  private UserCalls calls(int textBytes) {
    List<byte[]> authorizations = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      authorizations.add(("identify_v1 " + "t".repeat(200) + population.uid(i)).getBytes(US_ASCII));
    }
    return new UserCalls(population, authorizations, new Texts(textBytes, new SplittableRandom(1)));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      var _ = server.stop(); // waiting for it would take seconds
    }
  }

  @Test
  void requests_areWhatAClientWouldSend() throws InterruptedException {
    Result result = run(new Remembering(), 40, PLAN);

    assertThat(result.tally().failed()).isZero();
    assertThat(result.tally().succeeded()).isPositive().isLessThanOrEqualTo(received.size());
    assertThat(result.tally().micros().getMaxValue()).isPositive();
    assertThat(received)
        .allSatisfy(
            one -> {
              int sender =
                  Integer.parseInt(one.authorization().substring("identify_v1 ".length() + 200))
                      - (int) population.uid(0);
              assertThat(contacts(sender)).contains(one.msg().getReceiverId());
              assertThat(one.msg().getReceiverTypeValue()).isEqualTo(1);
              assertThat(one.msg().getMsgTypeValue()).isEqualTo(1);
              assertThat(one.msg().getContent()).matches("\\{\"content\":\"[a-z ]{40}\"}");
            });
    assertThat(received.stream().map(one -> one.msg().getCliMsgId()).distinct())
        .hasSameSizeAs(received);
  }

  @Test
  void loadsOfOnePlan_makeOtherCalls() throws InterruptedException {
    Plan plan = new Plan(1, 1, 1, Duration.ZERO, Duration.ofMillis(200), 1, 0);
    run(new Remembering(), 40, plan);
    List<String> first = firstPairs();
    received.clear();
    load(uri(), 40, plan);

    assertThat(firstPairs()).isNotEqualTo(first);
  }

  private List<String> firstPairs() {
    assertThat(received).hasSizeGreaterThan(20);
    return received.stream()
        .limit(20)
        .map(one -> one.authorization() + " " + one.msg().getReceiverId())
        .toList();
  }

  private Set<Long> contacts(int user) {
    return IntStream.range(0, CONTACTS)
        .mapToObj(k -> population.uid(population.contact(user, k)))
        .collect(Collectors.toSet());
  }

  @Test
  void moreTextThanTheServersWindowHolds_waitsForRoom() throws InterruptedException {
    Duration second = Duration.ofSeconds(1);
    Result result = run(new Remembering(), 1_986, new Plan(1, 1_000, 1, second, second, 1, 0));

    assertThat(result.tally().failed()).isZero();
    // the window that the server opens with is 1 MiB, enough for 517
    assertThat(received).hasSizeGreaterThan(600);
  }

  @Test
  void refusals_areCountedAndTimedByTheirCode() throws InterruptedException {
    Result result =
        run(
            new ImInterfaceImplBase() {
              @Override
              public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
                out.onError(
                    request.getMsg().getCliMsgId() % 2 == 0
                        ? Status.RESOURCE_EXHAUSTED.withDescription("-509").asException()
                        : Status.UNAVAILABLE.withDescription("stopping").asException());
              }
            },
            40,
            PLAN);

    assertThat(result.tally().succeeded()).isZero();
    assertThat(result.tally().failures()).containsOnlyKeys("-509", "grpc-status 14");
    assertThat(result.tally().failures().values())
        .allSatisfy(
            micros -> {
              assertThat(micros.getTotalCount()).isPositive();
              assertThat(micros.getMaxValue()).isPositive();
            });
  }

  @Test
  void serverThatIsNotThere_isAFailureInOneLine() throws IOException {
    URI gone;
    try (ServerSocket socket = new ServerSocket(0)) {
      gone = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    assertThatThrownBy(() -> load(gone, 40, PLAN))
        .isInstanceOf(Failure.class)
        .hasMessageContaining(gone.toString());
  }

  @Test
  void serverThatGoesAway_endsTheRun() {
    server =
        EchoServer.start(
            0,
            new ImInterfaceImplBase() {
              @Override
              public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
                var _ = server.stop();
                new EchoServer.Echo().sendMsg(request, out);
              }
            });

    Plan longer = new Plan(2, 8, 1, Duration.ofMillis(100), Duration.ofMinutes(1), 1, 0);
    assertThatThrownBy(() -> load(uri(), 40, longer))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("a connection broke");
  }

  @Test
  void openLoop_makesAsManyCallsAsItIsTold() throws InterruptedException {
    Plan plan = new Plan(3, 8, 1, Duration.ofMillis(200), Duration.ofSeconds(1), 1, 0).at(1_000);

    Result result = run(new Remembering(), 40, plan);

    assertThat(result.tally().failed()).isZero();
    assertThat(result.rate()).isBetween(900.0, 1_100.0);
    assertThat(result.tally().delays().getTotalCount()).isBetween(900L, 1_100L);
    assertThat(result.tally().starved()).isZero();
  }

  /// Answers as the echo does, but nobody at all for a while now and then.
  private static final class Stalling extends ImInterfaceImplBase {
    private static final long EVERY_NANOS = Duration.ofMillis(500).toNanos();
    private static final Duration STALL = Duration.ofMillis(200);

    private final EchoServer.Echo echo = new EchoServer.Echo();
    private long stalledNanos = System.nanoTime();

    @Override
    public synchronized void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
      if (System.nanoTime() - stalledNanos > EVERY_NANOS) {
        LockSupport.parkNanos(STALL.toNanos());
        stalledNanos = System.nanoTime();
      }
      echo.sendMsg(request, out);
    }
  }

  private static final Duration STALLS = Duration.ofMillis(1_500);

  @Test
  void openLoop_seesWhatAllWaitedWhomAStallHeldUp() throws InterruptedException {
    Plan plan = new Plan(2, 4, 1, Duration.ofMillis(200), STALLS, 1, 0).at(1_000);

    Result result = run(new Stalling(), 40, plan);

    // a fifth of the time and more is stalls, and calls have their times all the same
    assertThat(result.tally().micros().getValueAtPercentile(90)).isGreaterThan(20_000);
    assertThat(result.tally().micros().getValueAtPercentile(99)).isGreaterThan(120_000);
    assertThat(result.tally().starved()).isZero();
  }

  @Test
  void openLoop_countsFromTheIntendedTime_alsoWhenNoStreamIsFree() throws InterruptedException {
    Plan plan = new Plan(1, 1, 1, Duration.ofMillis(200), STALLS, 1, 500);

    Result result = run(new Stalling(), 40, plan);

    assertThat(result.tally().micros().getValueAtPercentile(99)).isGreaterThan(120_000);
    assertThat(result.tally().starved()).isPositive();
    assertThat(result.tally().delays().getMaxValue()).isGreaterThan(120_000);
  }

  @Test
  void closedLoop_overlooksStalls() throws InterruptedException {
    Plan plan = new Plan(1, 1, 1, Duration.ofMillis(200), STALLS, 1, 0);

    Result result = run(new Stalling(), 40, plan);

    assertThat(result.tally().micros().getMaxValue()).isGreaterThan(180_000);
    assertThat(result.tally().micros().getValueAtPercentile(99)).isLessThan(100_000);
  }

  @Test
  void seconds_sayHowItWent() throws InterruptedException {
    Plan plan = new Plan(1, 8, 1, Duration.ZERO, Duration.ofMillis(1_500), 1, 0).at(1_000);

    List<Second> seconds = run(new Remembering(), 40, plan).seconds();

    assertThat(seconds).hasSize(2);
    assertThat(seconds.getFirst().end())
        .isBetween(Duration.ofMillis(1_000), Duration.ofMillis(1_400));
    assertThat(seconds).allSatisfy(second -> assertThat(second.rate()).isBetween(700.0, 1_300.0));
    assertThat(seconds).allSatisfy(second -> assertThat(second.failed()).isZero());
  }

  @Test
  void measuring_endsWithWhatItWaitsFor() throws InterruptedException {
    server = EchoServer.start(0, new Remembering());
    Progress progress = new Progress(new PrintWriter(new StringWriter()), false);
    int more = 10 * PLAN.connections() * PLAN.streams();
    AtomicInteger before = new AtomicInteger(-1);
    try (Load load = Load.open(PLAN, uri(), calls(40)::send, () -> Duration.ZERO, progress)) {
      Result result =
          load.measureUntil(
              "until more came",
              () -> {
                before.compareAndSet(-1, received.size());
                return received.size() >= before.get() + more;
              });

      assertThat(result.name()).isEqualTo("until more came");
      assertThat(result.tally().succeeded()).isPositive();
    }
    assertThat(received).hasSizeGreaterThanOrEqualTo(before.get() + more);
  }
}
