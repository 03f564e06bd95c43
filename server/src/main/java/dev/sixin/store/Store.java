package dev.sixin.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A database of entities. See the package for the terms.
public interface Store extends AutoCloseable {
  /// The rows of an entity as last committed; each read on its own sees the newest state.
  Rows rows(Key entity);

  /// Answers a query whose reads all see one and the same committed state, in an engine without
  /// atomic events one state of each entity. The view ends with the query. A query is short and
  /// waits for nothing: it may hold up the writer, and be run again.
  ///
  /// @throws StoreOverloaded when what it reads changes too often
  <T> T read(Function<View, T> query);

  /// As [#read(Function)], about one entity.
  default <T> T read(Key entity, Function<Rows, T> query) {
    return read(view -> query.apply(view.rows(entity)));
  }

  /// Reads something at each of some places, which have nothing to do with each other, and answers
  /// in their order; nothing that is read is null. An engine whose questions travel asks several at
  /// once, on other threads.
  default <P, T> List<T> readAll(List<P> places, Function<P, T> read) {
    return places.stream().map(read).toList();
  }

  /// The first rows of a table from a key on, whatever entity they are of, at most `limit` of them.
  /// Their keys are whole: the entity's, then the row's. For work on everything there is; tables
  /// with a lifetime can be walked in this way alone, and rows that are just being forgotten may
  /// still be met.
  default List<Row> scan(Table table, Key from, int limit) {
    return rows(Key.EMPTY).scan(table, new Range(from, null), Order.ASCENDING, limit);
  }

  /// Runs a transaction and all events it tells. The future completes once everything is durable
  /// (events that can not be applied yet may be so in an outbox only); it completes with the
  /// transaction's own exception when that refused, with [StoreUnavailable] when the disk did.
  ///
  /// @throws StoreOverloaded when too many transactions are waiting; nothing was done
  <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction);

  /// How far it has come. Where each entity has a time of its own, all of them are looked at.
  Tally tally();

  /// Whether transactions are accepted now. Reads work either way.
  boolean writable();

  /// Finishes what is under way and lets go of the files. Later calls fail.
  @Override
  void close();
}
