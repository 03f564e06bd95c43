package dev.sixin.store;

import java.util.List;
import java.util.function.Function;

/// One committed state of all entities.
@FunctionalInterface
public interface View {
  /// The rows of an entity in this state.
  Rows rows(Key entity);

  /// As [Store#readAll], in this state.
  default <P, T> List<T> readAll(List<P> places, Function<P, T> read) {
    return places.stream().map(read).toList();
  }
}
