package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// Many devices watch and go away again, and leave nothing behind. `-Dsixin.watchers=10000` for
/// more.
class WatcherSoakTest {
  private static final int IDLE = Integer.getInteger("sixin.watchers", 300);
  private static final int BUSY = IDLE / 100 + 2;
  private static final int ROUNDS = Integer.getInteger("sixin.rounds", 3);

  private static final int MESSAGES = 5;

  /// How many begin to watch at once: the server refuses what would take it long.
  private static final int BEGINNING = 100;

  /// What a watcher may leave behind, at most: less than a tenth of what it takes.
  private static final long BYTES_LEFT_EACH = 600;

  /// What comes and goes besides: caches that fill, classes that are loaded.
  private static final long BYTES_BESIDES = 4 << 20;

  @Test
  void watchersThatAreGone_leaveNothingBehind(TestReporter reporter) {
    try (TestServer server = TestServer.start()) {
      Person sender = Person.on(server);
      List<Person> idle = people(server, IDLE);
      List<Person> busy = people(server, BUSY);
      busy.forEach(sender::befriends);
      List<String> tokens = idle.stream().map(person -> server.token(person.uid())).toList();
      round(server, sender, idle, busy, tokens);
      long before = usedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        round(server, sender, idle, busy, tokens);
      }
      long after = usedBytes();
      reporter.publishEntry(
          "heap",
          "%,d bytes before, %,d after %d times %,d watchers"
              .formatted(before, after, ROUNDS, IDLE + BUSY));
      assertThat(after - before).isLessThan(IDLE * BYTES_LEFT_EACH + BYTES_BESIDES);
    }
  }

  private static List<Person> people(TestServer server, int count) {
    List<Person> people = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      people.add(Person.on(server));
    }
    return people;
  }

  private static void round(
      TestServer server, Person sender, List<Person> idle, List<Person> busy, List<String> tokens) {
    try (ClientFactory connection = ClientFactory.builder().build()) {
      for (int i = 0; i < idle.size(); i++) {
        var _ = Watch.by(connection, idle.get(i), tokens.get(i));
        int begun = i + 1;
        if (begun % BEGINNING == 0) {
          Await.until("%d watch".formatted(begun), () -> server.watchers() == begun);
        }
      }
      List<Watch> listening =
          busy.stream()
              .map(person -> Watch.by(connection, person, server.token(person.uid())))
              .toList();
      Await.until("all watch", () -> server.watchers() == idle.size() + busy.size());
      for (int i = 0; i < MESSAGES; i++) {
        for (Person each : busy) {
          sender.says(each, "hello");
        }
      }
      listening.forEach(Watch::next);
    }
    Await.until("nobody watches", () -> server.watchers() == 0);
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
