package dev.sixin.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// A byte string that names an entity or a row. Keys are ordered byte by byte as unsigned numbers,
/// so a big-endian number sorts by value. Within one table no entity's key may be a prefix of
/// another's.
public final class Key implements Comparable<Key> {
  /// The empty key, before every other.
  public static final Key EMPTY = new Key(new byte[0]);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A key of these bytes, which the caller no longer changes.
  public static Key of(byte[] bytes) {
    return new Key(bytes);
  }

  /// A key of one byte.
  public static Key of(int first) {
    return new Key(new byte[] {(byte) first});
  }

  /// This key followed by one byte.
  public Key u8(int value) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    longer[bytes.length] = (byte) value;
    return new Key(longer);
  }

  /// This key followed by an unsigned 64-bit number, smaller numbers first.
  public Key u64(long value) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + Long.BYTES);
    ByteBuffer.wrap(longer).putLong(bytes.length, value);
    return new Key(longer);
  }

  /// This key followed by an unsigned 64-bit number, greater numbers first. Read it back with
  /// [#u64DescendingAt].
  public Key u64Descending(long value) {
    return u64(~value);
  }

  /// This key followed by text in UTF-8. Only the last part of a key may be of varying length.
  public Key text(String value) {
    return append(value.getBytes(StandardCharsets.UTF_8));
  }

  /// This key followed by another.
  public Key append(Key tail) {
    return append(tail.bytes);
  }

  private Key append(byte[] tail) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + tail.length);
    System.arraycopy(tail, 0, longer, bytes.length, tail.length);
    return new Key(longer);
  }

  /// The first `length` bytes of this key.
  public Key first(int length) {
    return new Key(Arrays.copyOf(bytes, length));
  }

  /// What is left of this key after its first `length` bytes.
  public Key after(int length) {
    return new Key(Arrays.copyOfRange(bytes, length, bytes.length));
  }

  /// The unsigned byte at `offset`.
  public int u8At(int offset) {
    return bytes[offset] & 0xff;
  }

  /// The number that [#u64] wrote at `offset`.
  public long u64At(int offset) {
    return ByteBuffer.wrap(bytes).getLong(offset);
  }

  /// The number that [#u64Descending] wrote at `offset`.
  public long u64DescendingAt(int offset) {
    return ~u64At(offset);
  }

  /// The text that [#text] wrote from `offset` to the end.
  public String textAt(int offset) {
    return new String(bytes, offset, bytes.length - offset, StandardCharsets.UTF_8);
  }

  /// Whether this key begins with `prefix`.
  public boolean startsWith(Key prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  /// The least key that is greater than every key that begins with this one; null if there is none.
  public Key afterPrefix() {
    int last = bytes.length - 1;
    while (last >= 0 && bytes[last] == (byte) 0xff) {
      last--;
    }
    if (last < 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(bytes, last + 1);
    next[last]++;
    return new Key(next);
  }

  /// The least key that is greater than this one.
  public Key next() {
    return u8(0);
  }

  /// How many bytes this key has.
  public int length() {
    return bytes.length;
  }

  /// The bytes themselves; not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  /// Spreads keys that differ in a few bits of a number, as most do.
  @Override
  public int hashCode() {
    long hash = bytes.length;
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONGS.get(bytes, at));
    }
    for (; at < bytes.length; at++) {
      hash = hash * 31 + bytes[at];
    }
    return Long.hashCode(mixed(hash));
  }

  private static long mixed(long hash) {
    long product = hash * 0x9E3779B97F4A7C15L; // 2^64 by the golden ratio
    return product ^ (product >>> 32);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
