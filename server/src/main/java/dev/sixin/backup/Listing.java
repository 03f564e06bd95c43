package dev.sixin.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What is in one backup.
///
/// @param number backups of a place are numbered from 1, the newest has the greatest number
/// @param taken when it was begun; all that was acknowledged before is in it
record Listing(int number, Instant taken, List<Entry> entries) {
  private static final String TAKEN = "taken ";
  private static final String END = "end ";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /// No path of ours leads out of a directory.
  private static final Pattern PATH = Pattern.compile("[\\w-][\\w.-]*(/[\\w-][\\w.-]*)*");

  /// A file.
  ///
  /// @param hash SHA-256 of its content, in hex
  /// @param modified when it was last changed, in nanoseconds since 1970
  /// @param path where it is in a data directory, such as `store/CURRENT`
  record Entry(String hash, long bytes, long modified, String path) {
    Entry {
      if (!HASH.matcher(hash).matches() || bytes < 0 || !PATH.matcher(path).matches()) {
        throw new IllegalArgumentException("%s %d %s: no file".formatted(hash, bytes, path));
      }
    }
  }

  long bytes() {
    return entries.stream().mapToLong(Entry::bytes).sum();
  }

  String text() {
    StringBuilder text = new StringBuilder(TAKEN + taken + "\n");
    for (Entry entry : entries) {
      text.append(
          "%s %d %d %s\n".formatted(entry.hash(), entry.bytes(), entry.modified(), entry.path()));
    }
    return text + END + Hashes.of(text.toString()) + "\n";
  }

  /// Reads a list.
  ///
  /// @throws IOException when it is not whole or not as it was written
  static Listing parse(int number, byte[] bytes) throws IOException {
    String text = new String(bytes, UTF_8);
    int end = text.lastIndexOf(END);
    if (end < 0 || !text.substring(end).equals(END + Hashes.of(text.substring(0, end)) + "\n")) {
      throw damaged(number, null);
    }
    try {
      List<String> lines = text.substring(0, end).lines().toList();
      List<Entry> entries = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        String[] words = line.split(" ", 4);
        entries.add(
            new Entry(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]));
      }
      Instant taken = Instant.parse(lines.getFirst().substring(TAKEN.length()));
      return new Listing(number, taken, List.copyOf(entries));
    } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(number, e);
    }
  }

  private static IOException damaged(int number, RuntimeException cause) {
    return new IOException("the list of backup %d is damaged".formatted(number), cause);
  }
}
