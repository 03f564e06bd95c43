package dev.sixin.store.cassandra;

import dev.sixin.store.Key;

/// Where a row stands in its entity.
record Name(String table, Key row) {}
