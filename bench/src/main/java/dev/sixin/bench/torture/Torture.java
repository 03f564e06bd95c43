package dev.sixin.bench.torture;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Failure;
import dev.sixin.bench.torture.Stage.Device;
import dev.sixin.bench.torture.Stage.Phase;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Line;
import dev.sixin.bench.torture.history.Outcome;
import dev.sixin.bench.torture.history.Outcome.Counted;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Sent;
import dev.sixin.bench.torture.history.RecordFile;
import dev.sixin.bench.torture.history.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// One run: clients work on a server that fares badly, then everything is read for the last time.
/// What comes of it is the record.
final class Torture implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final int WRITERS_OF_A_USER = 2;
  private static final int LEAST_CALM_MILLIS = 2_000;
  private static final int MOST_CALM_MILLIS = 6_000;
  private static final int ATTEMPTS = 200;
  private static final long FIRST_OF_ALL = 1_000;
  private static final Duration LAST_NOTICES = Duration.ofSeconds(40);
  private static final String WRITER = "writer";
  private static final String POLLER = "poller";
  private static final String WATCHER = "watcher";
  private static final String LAST = "last";

  private static final String LEFT_OUT =
      "lists that merge an inbox and groups are not one moment here: that who polls has all of what"
          + " was said in groups, how times of groups stand to those of other sessions, and whether"
          + " a group's unread count has one's own newest messages in it while others are writing";

  private final Subject subject;
  private final RecordFile record;
  private final Ordeal ordeal;
  private final Random random;
  private final Duration pause;
  private final Phase phase = new Phase();
  private final List<ClientFactory> connections = new ArrayList<>();
  private final Map<Device, String> tokens = new HashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private Stage stage;
  private SiteHand site;
  private volatile String now = "starting";

  /// @param pause of a writing client between calls, on average
  Torture(Subject subject, RecordFile record, Ordeal ordeal, Random random, Duration pause) {
    this.subject = subject;
    this.record = record;
    this.ordeal = ordeal;
    this.random = random;
    this.pause = pause;
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(ClientFactory.builder().build());
    }
  }

  /// What goes on, in few words.
  String now() {
    return now;
  }

  /// Runs for about this long.
  ///
  /// @param faults what befalls the server
  /// @throws Failure when the server can not be gone on with
  void run(Duration length, Set<Fault> faults) throws IOException, InterruptedException {
    subject.start();
    if (subject.isApart()) {
      ordeal.note(Kind.APART, LEFT_OUT);
    }
    long end = System.nanoTime() + length.toNanos();
    settle();
    List<Future<?>> writers = new ArrayList<>();
    List<Future<?>> readers = new ArrayList<>();
    List<Poller> pollers = new ArrayList<>();
    Map<Long, Watcher> watchers = new HashMap<>();
    for (long uid : Stage.PEOPLE) {
      for (int i = 0; i < WRITERS_OF_A_USER; i++) {
        int number = (int) uid * WRITERS_OF_A_USER + i;
        Client client = client(WRITER + i, uid, number);
        writers.add(threads.submit(new Writer(client, number, fresh(), pause, i == 0)));
      }
      pollers.add(new Poller(client(POLLER, uid, (int) uid + 1), fresh()));
      readers.add(threads.submit(pollers.getLast()));
      Device device = new Device(uid, WATCHER);
      Watcher watcher = new Watcher(client(WATCHER, uid, (int) uid + 2), device, fresh());
      watchers.put(uid, watcher);
      readers.add(threads.submit(watcher));
    }
    writers.add(threads.submit(site));
    harm(end, faults);

    now = "calming down";
    phase.stopWriting();
    await(writers);
    try {
      site.reconcile();
      touchAll();
      sayFarewell(watchers);
      awaitWatchers(watchers);
    } catch (Failure e) { // the checker can say more, once all that is left has been read
      ordeal.note(Kind.WRONG, e.getMessage());
    }
    phase.stopReading();
    await(readers);
    readAll(pollers);
    finish();
  }

  private void settle() throws IOException {
    site =
        new SiteHand(subject, record, phase, connections.getFirst(), subject.adminToken(), fresh());
    now = "setting up";
    site.settle();
    for (long uid : Stage.PEOPLE) {
      for (String name : List.of(WRITER + 0, WRITER + 1, POLLER, WATCHER, LAST)) {
        Device device = new Device(uid, name);
        tokens.put(device, site.token(device));
      }
    }
    stage = new Stage(subject, record, tokens, connections, phase);
  }

  private Random fresh() {
    return new Random(random.nextLong());
  }

  private Client client(String name, long uid, int connection) {
    return new Client("%s of %d".formatted(name, uid), new Device(uid, name), stage, connection);
  }

  private void harm(long end, Set<Fault> faults) throws IOException, InterruptedException {
    while (true) {
      for (Fault fault : faults.isEmpty() ? List.<Fault>of() : ordeal.round(faults)) {
        calm(end);
        if (System.nanoTime() > end) {
          return;
        }
        now = fault.word();
        ordeal.befall(fault);
      }
      if (faults.isEmpty()) {
        calm(end);
      }
      if (System.nanoTime() > end) {
        return;
      }
    }
  }

  private void calm(long end) throws InterruptedException {
    now = "calm";
    long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
    Thread.sleep(Math.min(left, random.nextInt(LEAST_CALM_MILLIS, MOST_CALM_MILLIS)));
  }

  private static void await(List<Future<?>> clients) throws InterruptedException {
    for (Future<?> client : clients) {
      try {
        client.get();
      } catch (ExecutionException e) {
        throw new Failure("a client ended: " + e.getCause());
      }
    }
  }

  /// Somebody says something in every conversation: whatever a server that died was about to tell
  /// of it is told before that.
  private void touchAll() {
    for (long uid : Stage.PEOPLE) {
      Client client = client(LAST, uid, (int) uid);
      for (Talk talk : Stage.talksOf(uid)) {
        if (uid == (talk.isGroup() ? Stage.GROUPS.get(talk.first())[0] : talk.first())) {
          Send send = new Send(uid, talk, FIRST_OF_ALL, Line.TEXT, "{\"content\":\"calm\"}");
          var _ = insist(() -> client.send(send), outcome -> outcome instanceof Sent);
        }
      }
    }
  }

  /// Everybody sends a last message to the one before them.
  private void sayFarewell(Map<Long, Watcher> watchers) {
    List<Line> lines = new ArrayList<>();
    for (long uid : Stage.PEOPLE) {
      lines.add(farewell(uid));
    }
    watchers.forEach(
        (uid, watcher) ->
            watcher.expect(
                lines.stream()
                    .filter(line -> line.sender() == uid || line.receiver() == uid)
                    .toList()));
  }

  private Line farewell(long uid) {
    long sender = uid % Stage.PEOPLE.length + 1;
    Talk talk = Talk.between(uid, sender);
    Client client = client(LAST, sender, 0);
    String content = "{\"content\":\"farewell to %d\"}".formatted(uid);
    Send send = new Send(sender, talk, uid, Line.TEXT, content);
    Sent sent = (Sent) insist(() -> client.send(send), outcome -> outcome instanceof Sent);
    Fetch newest = new Fetch(sender, talk, 0, false, false);
    Page page =
        (Page)
            insist(
                () -> client.fetch(newest, Stage.PEOPLE.length),
                outcome -> outcome instanceof Page);
    return page.lines().stream()
        .filter(line -> line.key() == sent.key())
        .findFirst()
        .orElseThrow(() -> new Failure("%s: what was just sent is not there".formatted(talk)));
  }

  private static Outcome insist(Supplier<Outcome> call, Predicate<Outcome> good) {
    Outcome outcome = call.get();
    for (int i = 1; i < ATTEMPTS && !good.test(outcome); i++) {
      outcome = call.get();
    }
    if (!good.test(outcome)) {
      throw new Failure("in the end, a call was still answered with " + outcome);
    }
    return outcome;
  }

  private static void awaitWatchers(Map<Long, Watcher> watchers) throws InterruptedException {
    BooleanSupplier done = () -> watchers.values().stream().allMatch(Watcher::isDone);
    long end = System.nanoTime() + LAST_NOTICES.toNanos();
    while (!done.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(50); // the checker says what they missed
    }
  }

  private void readAll(List<Poller> pollers) {
    now = "reading everything";
    ordeal.note(Kind.SETTLED, "");
    for (Poller poller : pollers) {
      insistOn("a poller", poller::poll);
    }
    for (long uid : Stage.PEOPLE) {
      Client client = client(LAST, uid, (int) uid);
      Collector collector = new Collector(client);
      for (Talk talk : Stage.talksOf(uid)) {
        insistOn("%d in %s".formatted(uid, talk), () -> collector.catchUp(talk));
      }
      insistOn("%d".formatted(uid), () -> client.sessions() instanceof Listed);
      insistOn("%d".formatted(uid), () -> client.unread() instanceof Counted);
    }
  }

  private void insistOn(String whose, BooleanSupplier call) {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (call.getAsBoolean()) {
        return;
      }
    }
    ordeal.note(Kind.WRONG, "in the end, the server does not answer " + whose);
  }

  private void finish() throws IOException, InterruptedException {
    now = "stopping and recounting";
    subject.end().forEach(wrong -> ordeal.note(Kind.WRONG, wrong));
  }

  @Override
  public void close() {
    phase.stopWriting();
    phase.stopReading();
    threads.shutdownNow();
    subject.close();
    connections.forEach(ClientFactory::close);
  }
}
