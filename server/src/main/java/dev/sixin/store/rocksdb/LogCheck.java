package dev.sixin.store.rocksdb;

import dev.sixin.store.StoreDamaged;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks through the logs before RocksDB reads them. A write is synced before the next one begins,
/// so a crash can cut off or garble the last one only. RocksDB, told to put up with that, stops at
/// the first damage and forgets all that comes after it without a word; here such damage is an
/// error when there is anything after it.
///
/// A log is a row of blocks of 32 KiB, and in them pieces of writes, none over the end of a block:
///
/// ```
/// CRC-32C, masked, of all that follows u32, length u16, kind u8, content
/// ```
///
/// with little-endian numbers. Kind 1 is a whole write, 2 the first piece of one, 3 one between, 4
/// the last. A write begins with its sequence u64 and its number of changes u32; the next write's
/// sequence is that much greater.
final class LogCheck {
  private static final Logger log = LoggerFactory.getLogger(LogCheck.class);
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEAD_BYTES = 7;
  private static final int WHOLE = 1;
  private static final int FIRST = 2;
  private static final int MIDDLE = 3;
  private static final int LAST = 4;
  private static final int WRITE_HEAD_BYTES = 12;
  private static final int CRC_MASK = 0xa282ead8;

  private Path file;
  private ByteBuffer bytes;

  /// Where the first thing stands that is not as it was written; null: nowhere so far.
  private String damage;

  /// The sequence of the next write; 0: not known.
  private long next;

  /// Whether pieces of a write are still to come.
  private boolean open;

  /// The beginning of a write, for its first piece may be shorter.
  private final ByteBuffer head =
      ByteBuffer.allocate(WRITE_HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private LogCheck() {}

  /// Looks through all logs of a store that is not open.
  ///
  /// @throws StoreDamaged when there is damage with a write after it, or a write is missing
  static void check(Path directory) throws IOException {
    LogCheck check = new LogCheck();
    for (Path log : logs(directory)) {
      check.read(log);
    }
    if (check.open && check.damage == null) {
      check.damaged(check.bytes.capacity());
    }
    if (check.damage != null) {
      log.warn("{}: the end of a write that was cut off; it was not acknowledged", check.damage);
    }
  }

  private static List<Path> logs(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]+\\.log"))
          .sorted(Comparator.comparingLong(file -> number(file.getFileName().toString())))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of(); // it is made when the store is
    }
  }

  private static long number(String name) {
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  private void read(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      file = path;
      bytes =
          channel
              .map(MapMode.READ_ONLY, 0, channel.size(), arena)
              .asByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN);
      int at = 0;
      while (at < bytes.capacity()) {
        at = piece(at);
      }
    }
  }

  /// Reads the piece that begins here.
  ///
  /// @return where the next one begins
  private int piece(int at) {
    int left = BLOCK_BYTES - at % BLOCK_BYTES;
    if (left < HEAD_BYTES) {
      return at + left;
    }
    if (!isPiece(at)) {
      damaged(at);
      return nextBeginning(at + 1);
    }
    int content = at + HEAD_BYTES;
    int end = content + length(at);
    switch (kind(at)) {
      case WHOLE, FIRST -> {
        if (open) {
          damaged(at);
        }
        open = kind(at) == FIRST;
        head.clear();
        head(content, end);
      }
      case MIDDLE, LAST -> {
        head(content, end);
        open &= kind(at) != LAST;
      }
      default -> {} // about the log, not of a write
    }
    return end;
  }

  /// Takes what is still missing of the beginning of a write.
  private void head(int from, int to) {
    if (!head.hasRemaining()) {
      return;
    }
    int count = Math.min(head.remaining(), to - from);
    for (int i = 0; i < count; i++) {
      head.put(bytes.get(from + i));
    }
    if (head.hasRemaining()) {
      return;
    }
    long sequence = head.getLong(0);
    int changes = head.getInt(Long.BYTES);
    if (changes == 0) {
      return;
    }
    if (damage != null) {
      throw new StoreDamaged(
          damage + ": not as it was written, and there are writes after it", null);
    }
    if (next != 0 && sequence > next) {
      throw new StoreDamaged(
          "%s: writes are missing before %d: %d changes".formatted(file, from, sequence - next),
          null);
    }
    next = sequence + changes;
  }

  private void damaged(int at) {
    open = false;
    head.position(head.limit()); // what follows of this write says nothing
    if (damage == null) {
      damage = "%s at %d of %d bytes".formatted(file, at, bytes.capacity());
    }
  }

  /// Where a write begins after damage. Its length may be what is damaged, so every place is looked
  /// at.
  private int nextBeginning(int from) {
    for (int at = from; at < bytes.capacity(); at++) {
      if (BLOCK_BYTES - at % BLOCK_BYTES >= HEAD_BYTES
          && at + HEAD_BYTES <= bytes.capacity()
          && (kind(at) == WHOLE || kind(at) == FIRST)
          && isPiece(at)) {
        return at;
      }
    }
    return bytes.capacity();
  }

  private boolean isPiece(int at) {
    int blockEnd = at - at % BLOCK_BYTES + BLOCK_BYTES;
    if (at + HEAD_BYTES > bytes.capacity() || kind(at) == 0) {
      return false;
    }
    int end = at + HEAD_BYTES + length(at);
    if (end > Math.min(blockEnd, bytes.capacity())) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(at + Integer.BYTES + Short.BYTES, 1 + length(at)));
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK == bytes.getInt(at);
  }

  private int length(int at) {
    return bytes.getShort(at + Integer.BYTES) & 0xffff;
  }

  private int kind(int at) {
    return bytes.get(at + Integer.BYTES + Short.BYTES) & 0xff;
  }
}
