package dev.sixin.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.store.Announcement.Announced;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// What engines do besides in which a transaction and all that it tells are one: it is written as a
/// whole or not at all, and a query sees one state of everything.
public abstract class AtomicStoreContract extends StoreContract {
  @Test
  void whatIsRefused_isNotAnnounced_norWhatItTold() {
    CompletableFuture<Void> refused =
        store.transact(
            ANN,
            ann -> {
              ann.announce(new News("refused"));
              ann.tell(BEN, new Told(ben -> ben.announce(new News("told"))));
              ann.tell(
                  CAL,
                  new Told(
                      _ -> {
                        throw new Refused();
                      }));
              return null;
            });
    assertThatThrownBy(refused::join).hasCauseInstanceOf(Refused.class);
    store
        .transact(
            ANN,
            ann -> {
              ann.announce(new News("done"));
              return null;
            })
        .join();
    awaitAnnounced(1);

    assertThat(announced).extracting(Announced::what).containsExactly(new News("done"));
  }

  @Test
  void read_seesOneStateOfAllEntities_whileWritesGoOn() throws Exception {
    int states = 20;
    AtomicInteger written = new AtomicInteger();
    AtomicBoolean seenEnough = new AtomicBoolean();
    List<String> torn = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> writing =
          threads.submit(
              () -> {
                while (!seenEnough.get()) {
                  String number = Integer.toString(written.incrementAndGet());
                  transact(
                      ANN,
                      rows -> {
                        rows.tell(CAL, new Told(cal -> put(cal, "a", number)));
                        return put(rows, "a", number);
                      });
                }
              });
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (seen.size() < states && System.nanoTime() < end) {
        String ann =
            store.read(
                view -> {
                  String first = text(view.rows(ANN).get(ROWS, key("a")));
                  String second = text(view.rows(CAL).get(ROWS, key("a")));
                  if (!Objects.equals(first, second)) {
                    torn.add(first + " and " + second);
                  }
                  return String.valueOf(first);
                });
        seen.add(ann);
      }
      seenEnough.set(true);
      writing.get();
    }
    assertThat(torn).isEmpty();
    assertThat(seen).as("states seen while writing").hasSize(states);
  }

  @Test
  void anEventThatFails_undoesItsTransactionAndTheEventsBeforeIt() {
    put(BEN, "a", "1");

    CompletableFuture<String> future =
        store.transact(
            ANN,
            rows -> {
              rows.tell(BEN, new Told(ben -> put(ben, "a", "2")));
              rows.tell(
                  BEN,
                  new Told(
                      ben -> {
                        put(ben, "b", "2");
                        throw new Refused();
                      }));
              rows.tell(CAL, new Told(cal -> put(cal, "a", "2")));
              return put(rows, "a", "2");
            });

    assertThatThrownBy(() -> Bulk.await(future)).isInstanceOf(Refused.class);
    put(LAST, "a", "1");
    assertThat(all(ANN)).isEmpty();
    assertThat(all(BEN)).containsExactly("a=1");
    assertThat(all(CAL)).isEmpty();
  }

  @Test
  void events_areAppliedAfterTheirTransaction_inTheOrderTheyWereTold_thenWhatTheyTell() {
    transact(
        ANN,
        rows -> {
          rows.tell(BEN, note("first", note("told by the first", note("told by that"))));
          rows.tell(CAL, note("second", note("told by the second")));
          rows.tell(BEN, note("third"));
          note("transaction").change().accept(rows);
          return null;
        });

    assertThat(notes(ANN)).containsExactly("1 transaction");
    assertThat(notes(BEN)).containsExactly("2 first", "4 third");
    assertThat(notes(CAL)).containsExactly("3 second");
    assertThat(notes(LAST))
        .containsExactly("5 told by the first", "6 told by the second", "7 told by that");
  }

  private int noted;

  /// Writes its text and how many notes came before, then tells the last entity the next notes.
  private Told note(String text, Told... next) {
    return new Told(
        rows -> {
          noted++;
          rows.put(OTHERS, Key.EMPTY.u64(noted), bytes(noted + " " + text));
          for (Told told : next) {
            rows.tell(LAST, told);
          }
        });
  }

  private List<String> notes(Key entity) {
    return store.rows(entity).scan(OTHERS, ALL, Order.ASCENDING, 100).stream()
        .map(row -> text(row.value()))
        .toList();
  }

  /// Random transactions of random steps, submitted without waiting, against a sorted map: what
  /// each step saw, and what there is at the end.
  @Property(tries = 50)
  void randomTransactions_seeAndLeaveWhatASimpleModelSays(@ForAll long seed) {
    Random random = new Random(seed);
    Model model = new Model();
    List<List<String>> expected = new ArrayList<>();
    List<CompletableFuture<List<String>>> answers = new ArrayList<>();
    int count = random.nextInt(1, 200);
    for (int i = 0; i < count; i++) {
      Key entity = Steps.ENTITIES.get(random.nextInt(Steps.ENTITIES.size()));
      Steps steps = Steps.random(random, 0);
      expected.add(model.transact(entity, steps));
      answers.add(store.transact(entity, steps::runIn));
      if (random.nextInt(20) == 0) {
        answers.getLast().exceptionally(_ -> List.of()).join(); // a new batch
      }
    }
    for (int i = 0; i < count; i++) {
      CompletableFuture<List<String>> answer = answers.get(i);
      if (expected.get(i) == null) {
        assertThatThrownBy(() -> Bulk.await(answer)).isInstanceOf(Refused.class);
      } else {
        assertThat(Bulk.await(answer)).as("transaction %d", i).isEqualTo(expected.get(i));
      }
    }
    for (Key entity : Steps.ENTITIES) {
      for (Order order : Order.values()) {
        List<String> rows = model.rows(entity).stream().toList();
        List<String> ordered = order == Order.ASCENDING ? rows : rows.reversed();
        assertThat(Steps.show(store.rows(entity).scan(ROWS, ALL, order, 1_000))).isEqualTo(ordered);
        assertThat(Steps.show(frozen(entity, order))).isEqualTo(ordered);
      }
    }
  }
}
