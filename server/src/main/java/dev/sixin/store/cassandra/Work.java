package dev.sixin.store.cassandra;

import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Transaction;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What is to be done to an entity.
sealed interface Work {
  /// A transaction that somebody waits for.
  record Call<T>(Transaction<T> transaction, CompletableFuture<T> future) implements Work {}

  /// What one version of an entity told this one.
  ///
  /// @param teller who told it
  /// @param version the version that did: an entity hears each version of another once, in order
  /// @param letters its events, in order
  /// @param done to be run once it is durable
  record Delivery(Key teller, long version, List<Letter> letters, Runnable done) implements Work {}

  /// Delivers what the entity told and may not have been delivered.
  record Recovery(CompletableFuture<Void> done) implements Work {}

  /// Looks at the entity while this server does not change it.
  record Look(Runnable look, CompletableFuture<Void> done) implements Work {}

  /// An event on its way.
  ///
  /// @param aftermath what it is a part of
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Letter(Key to, Event event, byte[] bytes, Aftermath aftermath) {}
}
