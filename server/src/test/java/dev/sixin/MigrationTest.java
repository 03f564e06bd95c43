package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Migration.Measure;
import dev.sixin.Migration.Source;
import dev.sixin.Migration.Target;
import dev.sixin.entity.Entity;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Origin;
import dev.sixin.store.Row;
import dev.sixin.store.Store;
import dev.sixin.store.Tally;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.user.Users;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What keeps a migration from being called done.
class MigrationTest {
  private final MovableClock clock = new MovableClock(TestServer.START);
  private final Store source = new MemoryStore(Server::apply, clock);
  private final Store target = new MemoryStore(Server::apply, clock);

  private static void put(Store store, long uid, String value) {
    Void _ =
        Bulk.await(
            store.transact(
                Entity.user(uid),
                user -> {
                  user.put(Users.TABLE, Key.EMPTY, value.getBytes(UTF_8));
                  return null;
                }));
  }

  /// A store of which one method answers something else.
  private static Store changed(Store store, String method, UnaryOperator<Object> answer) {
    return (Store)
        Proxy.newProxyInstance(
            MigrationTest.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, called, args) -> {
              try {
                Object answered = called.invoke(store, args);
                return called.getName().equals(method) ? answer.apply(answered) : answered;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static boolean migrate(Store from, Store to) {
    return new Migration(
            new Source(from, "here", () -> false, Measure.rows, 0), new Target(to, "there"), 0)
        .run();
  }

  @Test
  void whatIsTheSame_isDone() {
    put(source, 1, "ann");

    assertThat(migrate(source, target)).isTrue();

    assertThat(Origin.of(target)).isEqualTo(new Origin("here", source.tally().lastMicros(), true));
    assertThat(target.rows(Entity.user(1)).get(Users.TABLE, Key.EMPTY)).asString().isEqualTo("ann");
  }

  @Test
  void aSourceThatIsChangedMeanwhile_isNotDone_untilItStandsStill() {
    put(source, 1, "ann");
    Store served =
        changed(
            source,
            "tally",
            tally -> {
              put(source, 2, "ben");
              return tally;
            });

    assertThatThrownBy(() -> migrate(served, target))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("changed meanwhile");
    assertThat(Origin.of(target).whole()).isFalse();

    assertThat(migrate(source, target)).isTrue();
    assertThat(Origin.of(target).whole()).isTrue();
  }

  @Test
  void aSourceThatMayBeChangedAgain_beforeItIsCompared_isNotDone() {
    put(source, 1, "ann");
    AtomicInteger asked = new AtomicInteger();
    Source released =
        new Source(source, "here", () -> asked.incrementAndGet() > 1, Measure.rows, 0);

    assertThatThrownBy(() -> new Migration(released, new Target(target, "there"), 0).run())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("changed meanwhile");
    assertThat(Origin.of(target).whole()).isFalse();
  }

  @Test
  void whileEventsAreUnderWay_itIsNotDone() {
    put(source, 1, "ann");
    Store owing =
        changed(
            source,
            "tally",
            tally -> new Tally(((Tally) tally).lastMicros(), ((Tally) tally).changes(), 3));

    assertThatThrownBy(() -> migrate(owing, target))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("events of 3 entities");
    assertThat(Origin.of(target).whole()).isFalse();
  }

  @Test
  void aTargetThatDoesNotKeepWhatItWasGiven_isNotDone() {
    put(source, 1, "ann");
    Store forgetful =
        changed(
            target,
            "scan",
            rows ->
                ((List<?>) rows)
                    .stream()
                        .map(Row.class::cast)
                        .map(row -> new Row(row.key(), new byte[] {1}))
                        .toList());

    assertThat(migrate(source, forgetful)).isFalse();
    assertThat(Origin.of(target).whole()).isFalse();
  }
}
