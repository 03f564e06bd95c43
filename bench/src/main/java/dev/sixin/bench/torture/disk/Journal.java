package dev.sixin.bench.torture.disk;

import dev.sixin.bench.torture.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// What the fault layer noted of files and directories, line by line, with tabs between:
///
/// ```
/// create PATH             a file was made
/// reopen LENGTH PATH      a file was opened to be written to, and is so long now
/// sync LENGTH PATH        the first so many bytes of a file are on the disk
/// lost PATH               a sync failed; what it should have written may never get to the disk,
///                         whatever later syncs say
/// rename NUMBER FROM TO   NUMBER: the file in the shadow that TO was before, 0: none
/// remove NUMBER PATH      NUMBER: the file in the shadow that PATH was, 0: none
/// names PATH              the names in a directory are on the disk as they are
/// overwrite PATH          bytes were written at a position: no longer known what a loss leaves
/// ```
///
/// A file or directory of which it says nothing is on the disk as it is, new directories too.
final class Journal {
  /// How much of a file is on the disk; after a sync that failed that is not known to grow.
  private record Synced(long length, boolean lost) {}

  private sealed interface Change {
    record Made(Path path) implements Change {}

    record Renamed(Path from, Path to, Path replaced, Synced before) implements Change {}

    record Removed(Path path, Path kept, Synced before) implements Change {}
  }

  private final Map<Path, Synced> files = new HashMap<>();
  private final Map<Path, List<Change>> unsyncedNames = new LinkedHashMap<>();
  private final Set<Path> overwritten = new HashSet<>();

  private Journal() {}

  static Journal read(List<String> lines, Path shadow) {
    Journal journal = new Journal();
    for (String line : lines) {
      journal.add(line.split("\t", -1), shadow);
    }
    return journal;
  }

  private void add(String[] fields, Path shadow) {
    switch (fields[0]) {
      case "create" -> {
        Path path = Path.of(fields[1]);
        files.put(path, new Synced(0, false));
        note(path, new Change.Made(path));
      }
      case "reopen" -> {
        long length = Long.parseLong(fields[1]);
        files.merge(
            Path.of(fields[2]),
            new Synced(length, false),
            (before, now) ->
                before.length() <= length ? before : new Synced(length, before.lost()));
      }
      case "sync" -> {
        long length = Long.parseLong(fields[1]);
        files.compute(
            Path.of(fields[2]),
            (_, before) ->
                before != null && (before.lost() || before.length() >= length)
                    ? before
                    : new Synced(length, false));
      }
      case "lost" ->
          files.computeIfPresent(
              Path.of(fields[1]), (_, before) -> new Synced(before.length(), true));
      case "rename" -> {
        Path from = Path.of(fields[2]);
        Path to = Path.of(fields[3]);
        note(to, new Change.Renamed(from, to, kept(fields[1], shadow), files.get(to)));
        Synced moved = files.remove(from);
        if (moved == null) {
          files.remove(to);
        } else {
          files.put(to, moved);
        }
      }
      case "remove" -> {
        Path path = Path.of(fields[2]);
        note(path, new Change.Removed(path, kept(fields[1], shadow), files.remove(path)));
      }
      case "names" -> unsyncedNames.remove(Path.of(fields[1]));
      case "overwrite" -> overwritten.add(Path.of(fields[1]));
      default -> throw new IllegalStateException("the journal says: " + String.join(" ", fields));
    }
  }

  private static Path kept(String number, Path shadow) {
    return number.equals("0") ? null : shadow.resolve(number);
  }

  private void note(Path path, Change change) {
    unsyncedNames.computeIfAbsent(path.getParent(), _ -> new ArrayList<>()).add(change);
  }

  /// Takes from the files what was not synced. A directory keeps the first few of its changes, in
  /// their order, a file the first few of its bytes; every second time nothing.
  Loss loseUnsynced(RandomGenerator random) throws IOException {
    if (!overwritten.isEmpty()) {
      throw new IllegalStateException("written in place, not appended: " + overwritten);
    }
    int names = 0;
    for (List<Change> changes : unsyncedNames.values()) {
      int stay = random.nextBoolean() ? 0 : random.nextInt(changes.size() + 1);
      for (Change change : changes.subList(stay, changes.size()).reversed()) {
        undo(change);
        names++;
      }
    }
    int cut = 0;
    long bytes = 0;
    for (Map.Entry<Path, Synced> file : files.entrySet()) {
      long length = Files.exists(file.getKey()) ? Files.size(file.getKey()) : 0;
      long synced = file.getValue().length();
      if (length > synced) {
        long left = random.nextBoolean() ? synced : random.nextLong(synced, length + 1);
        try (FileChannel channel = FileChannel.open(file.getKey(), StandardOpenOption.WRITE)) {
          channel.truncate(left);
        }
        cut++;
        bytes += length - left;
      }
    }
    return new Loss(bytes, cut, names);
  }

  private void undo(Change change) throws IOException {
    switch (change) {
      case Change.Made(Path path) -> {
        Files.deleteIfExists(path);
        files.remove(path);
      }
      case Change.Renamed(Path from, Path to, Path replaced, Synced before) -> {
        Files.move(to, from, StandardCopyOption.ATOMIC_MOVE);
        move(to, from);
        restore(replaced, to, before);
      }
      case Change.Removed(Path path, Path kept, Synced before) -> restore(kept, path, before);
    }
  }

  private void move(Path from, Path to) {
    Synced synced = files.remove(from);
    if (synced != null) {
      files.put(to, synced);
    }
  }

  private void restore(Path kept, Path path, Synced before) throws IOException {
    if (kept != null && Files.exists(kept)) {
      Files.move(kept, path, StandardCopyOption.ATOMIC_MOVE);
      if (before != null) {
        files.put(path, before);
      }
    }
  }
}
