package dev.sixin.store.cassandra;

import dev.sixin.store.Deadline;
import dev.sixin.store.Key;
import dev.sixin.store.Rows;
import dev.sixin.store.View;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Gatherers;

/// What a query sees: of each entity that it asks for, one state.
final class States implements View {
  private static final int AT_ONCE = 8;

  private final Reading.Access access;
  private final Map<Key, OneState> states = new ConcurrentHashMap<>();

  States(Reading.Access access) {
    this.access = access;
  }

  @Override
  public Rows rows(Key entity) {
    return states.computeIfAbsent(entity, key -> new OneState(access, key));
  }

  @Override
  public <P, T> List<T> readAll(List<P> places, Function<P, T> read) {
    return atOnce(places, read);
  }

  /// Reads something at each of some places, several at once.
  static <P, T> List<T> atOnce(List<P> places, Function<P, T> read) {
    if (places.size() == 1) {
      return List.of(read.apply(places.getFirst()));
    }
    return places.stream()
        .map(place -> Deadline.handedOn(() -> read.apply(place)))
        .gather(Gatherers.mapConcurrent(AT_ONCE, Supplier::get))
        .toList();
  }

  /// Makes sure that the query saw one state of each.
  ///
  /// @throws Moved when it did not
  void confirm() {
    List<OneState> unsure = states.values().stream().filter(OneState::isUnsure).toList();
    List<Head> _ = atOnce(unsure, OneState::confirm);
  }

  void end() {
    states.values().forEach(OneState::end);
  }
}
