package dev.sixin.store.rocksdb;

import dev.sixin.store.Key;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.rocksdb.WriteBatch;

/// Changes of rows in the form in which RocksDB logs them, so that all of them are handed over in
/// one call; a call for each row costs as much as the row. The form is that of RocksDB's
/// `write_batch.cc`, the same since column families came:
///
/// ```
/// sequence u64 (0: given when written), number of changes u32, then for each change
///   5, column family, key length, key, value length, value      a row is put
///   4, column family, key length, key                           a row is deleted
/// ```
///
/// where the first two numbers are little-endian and the others of varying length (LEB128).
final class Changes {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int COUNT_AT = 8;
  private static final int HEAD_BYTES = 12;
  private static final byte DELETE = 4;
  private static final byte PUT = 5;
  private static final int VARINT_BYTES = 5;
  private static final int FIRST_BYTES = 4 << 10;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length = HEAD_BYTES;
  private int count;

  /// @param family the column family's number
  void put(int family, Key entity, Key row, byte[] value) {
    begin(PUT, family, entity, row, value.length);
    number(value.length);
    append(value);
  }

  /// @param family the column family's number
  void delete(int family, Key entity, Key row) {
    begin(DELETE, family, entity, row, 0);
  }

  private void begin(byte kind, int family, Key entity, Key row, int valueLength) {
    int keyLength = entity.length() + row.length();
    int needed = length + 1 + 3 * VARINT_BYTES + keyLength + valueLength;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
    bytes[length++] = kind;
    number(family);
    number(keyLength);
    append(entity.bytes());
    append(row.bytes());
    count++;
  }

  private void number(int value) {
    int left = value;
    while (left >= 0x80) {
      bytes[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[length++] = (byte) left;
  }

  private void append(byte[] tail) {
    System.arraycopy(tail, 0, bytes, length, tail.length);
    length += tail.length;
  }

  /// All changes, to be written at once and closed.
  WriteBatch batch() {
    INT.set(bytes, COUNT_AT, count);
    return new WriteBatch(Arrays.copyOf(bytes, length));
  }
}
