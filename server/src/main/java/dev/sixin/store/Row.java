package dev.sixin.store;

/// One row of an entity.
///
/// @param key the row's key, without the entity's
/// @param value its bytes; not to be changed
@SuppressWarnings("ArrayRecordComponent") // rows are handed on, never compared
public record Row(Key key, byte[] value) {}
