package dev.sixin.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A store of which everything can be read, and in which nothing is changed.
public record ReadOnly(Store store) implements Store {
  @Override
  public Rows rows(Key entity) {
    return store.rows(entity);
  }

  @Override
  public <T> T read(Function<View, T> query) {
    return store.read(query);
  }

  @Override
  public <P, T> List<T> readAll(List<P> places, Function<P, T> read) {
    return store.readAll(places, read);
  }

  @Override
  public List<Row> scan(Table table, Key from, int limit) {
    return store.scan(table, from, limit);
  }

  @Override
  public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
    return CompletableFuture.failedFuture(new StoreUnavailable("read-only", null));
  }

  @Override
  public Tally tally() {
    return store.tally();
  }

  @Override
  public boolean writable() {
    return false;
  }

  @Override
  public void close() {
    store.close();
  }
}
