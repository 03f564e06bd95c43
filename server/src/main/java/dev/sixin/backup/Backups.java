package dev.sixin.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.backup.Listing.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A place of backups. Everything in it is for its owner only: the keys of a server are there.
///
/// What takes long tells a consumer of the bytes that it has read, piece by piece. That may hold it
/// up, and end it by throwing: what was there before is as good as it was.
public final class Backups {
  private static final String FORMAT = "sixin backup 1";
  private static final String FORMAT_FILE = "format";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{6,9}");

  /// The file of a data directory without which it is none.
  private static final String LAST = "format";

  private final Path path;
  private final Vault vault;

  private Backups(Path path) {
    this.path = path;
    this.vault = new Vault(path.resolve("files"));
  }

  /// One backup.
  ///
  /// @param number from 1, the newest has the greatest
  /// @param taken when it was begun; all that was acknowledged before is in it
  /// @param bytes of all its files, other backups may share them
  public record Backup(int number, Instant taken, int files, long bytes) {}

  /// A file to take.
  ///
  /// @param path where it is in a data directory, with slashes
  public record Source(String path, Path file) {}

  /// What taking a backup came to.
  ///
  /// @param copiedFiles how many contents were not here before
  public record Taken(Backup backup, int copiedFiles, long copiedBytes) {}

  /// Looks at a file that no backup holds yet, and throws if it is not worth keeping.
  @FunctionalInterface
  public interface Check {
    /// Looks at a file.
    ///
    /// @throws IOException saying what is wrong with it
    void check(Path file) throws IOException;
  }

  /// Opens a place of backups that is there.
  ///
  /// @throws IOException when it is none
  public static Backups at(Path path) throws IOException {
    Path format = path.resolve(FORMAT_FILE);
    if (Files.notExists(format)) {
      throw new IOException(path + ": no backups (expected: a directory with some)");
    }
    String found = Files.readString(format, UTF_8).strip();
    if (!found.equals(FORMAT)) {
      throw new IOException("%s: holds '%s' (expected: '%s')".formatted(path, found, FORMAT));
    }
    return new Backups(path);
  }

  /// Opens a place of backups, and makes one of a directory that is missing or empty.
  ///
  /// @throws IOException when it holds something else
  public static Backups in(Path path) throws IOException {
    if (Files.notExists(path.resolve(FORMAT_FILE))) {
      requireEmpty(path, FORMAT_FILE + Disk.FRESH);
      Disk.makeDirectory(path);
      Disk.write(path.resolve(FORMAT_FILE), (FORMAT + "\n").getBytes(UTF_8));
    }
    Backups backups = at(path);
    Disk.makeDirectory(path.resolve("files"));
    Disk.makeDirectory(path.resolve("lists"));
    Disk.sync(path);
    return backups;
  }

  private static void requireEmpty(Path path, String... besides) throws IOException {
    if (Files.notExists(path)) {
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.anyMatch(file -> !Set.of(besides).contains(file.getFileName().toString()))) {
        throw new IOException(path + ": not empty (expected: an empty or missing directory)");
      }
    } catch (NotDirectoryException e) {
      throw new IOException(path + ": a file (expected: an empty or missing directory)", e);
    }
  }

  /// All backups, the oldest first.
  ///
  /// @throws IOException also when the list of one is damaged
  public List<Backup> all() throws IOException {
    List<Backup> all = new ArrayList<>();
    for (int number : numbers()) {
      all.add(backup(listing(number)));
    }
    return all;
  }

  /// How many backups there are.
  public int count() throws IOException {
    return numbers().size();
  }

  private static Backup backup(Listing listing) {
    return new Backup(listing.number(), listing.taken(), listing.entries().size(), listing.bytes());
  }

  private List<Integer> numbers() throws IOException {
    try (Stream<Path> lists = Files.list(path.resolve("lists"))) {
      return lists
          .map(file -> file.getFileName().toString())
          .filter(NUMBER.asMatchPredicate())
          .map(Integer::valueOf)
          .sorted()
          .toList();
    }
  }

  private Path list(int number) {
    return path.resolve("lists").resolve("%06d".formatted(number));
  }

  private Listing listing(int number) throws IOException {
    if (Files.notExists(list(number))) {
      throw new IOException(
          "%s: no backup %d (expected: one of %s)".formatted(path, number, numbers()));
    }
    return Listing.parse(number, Files.readAllBytes(list(number)));
  }

  /// Takes a backup: copies what is not here yet. It is there whole or not at all.
  ///
  /// @param taken the moment whose state the files hold, or one before it
  /// @throws IOException when a file can not be read, is not worth keeping, or changes meanwhile
  public Taken take(Collection<Source> sources, Instant taken, Check check, LongConsumer moved)
      throws IOException {
    try (FileChannel _ = lock()) {
      List<Integer> numbers = numbers();
      Map<String, Entry> known = known();
      List<Entry> entries = new ArrayList<>();
      int files = 0;
      long bytes = 0;
      for (Source source : sources) {
        Entry before = known.get(source.path());
        if (before != null && isSame(before, source.file())) {
          entries.add(before);
          continue;
        }
        check.check(source.file());
        long modified = modified(source.file());
        Vault.Put put = vault.put(source.file(), moved);
        entries.add(new Entry(put.hash(), put.bytes(), modified, source.path()));
        if (put.stored()) {
          files++;
          bytes += put.bytes();
        }
      }
      vault.sync();
      int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
      Listing listing = new Listing(number, taken, entries);
      Disk.write(list(number), listing.text().getBytes(UTF_8));
      return new Taken(backup(listing), files, bytes);
    }
  }

  /// How much of these files a backup would have to read now, in bytes.
  public long unknownBytes(Collection<Source> sources) throws IOException {
    Map<String, Entry> known = known();
    long bytes = 0;
    for (Source source : sources) {
      Entry before = known.get(source.path());
      if (before == null || !isSame(before, source.file())) {
        bytes += Files.size(source.file());
      }
    }
    return bytes;
  }

  /// What the newest backup holds, by path; nothing when its list is damaged: then all is read.
  private Map<String, Entry> known() throws IOException {
    List<Integer> numbers = numbers();
    Map<String, Entry> known = new HashMap<>();
    if (!numbers.isEmpty() && isReadable(numbers.getLast())) {
      listing(numbers.getLast()).entries().forEach(entry -> known.put(entry.path(), entry));
    }
    return known;
  }

  private boolean isReadable(int number) {
    try {
      listing(number);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether a file is the one that a backup holds. What is large is never changed in place; a file
  /// that stands in for another of the same name and size has another time.
  private boolean isSame(Entry entry, Path file) throws IOException {
    return Files.size(file) == entry.bytes()
        && modified(file) == entry.modified()
        && vault.holds(entry.hash(), entry.bytes());
  }

  private static long modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
  }

  private FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException(path + ": another process is adding a backup");
    }
    return channel;
  }

  /// Deletes all backups but the newest, and what only they needed.
  ///
  /// @return how many were deleted
  public int keepNewest(int count) throws IOException {
    try (FileChannel _ = lock()) {
      List<Integer> numbers = numbers();
      List<Integer> old = numbers.subList(0, Math.max(0, numbers.size() - count));
      Set<String> needed = new HashSet<>();
      for (int number : numbers.subList(old.size(), numbers.size())) {
        listing(number).entries().forEach(entry -> needed.add(entry.hash()));
      }
      for (int number : old) {
        Files.delete(list(number));
      }
      Disk.sync(path.resolve("lists")); // before their files go
      vault.retain(needed);
      return old.size();
    }
  }

  /// The newest backup's number.
  ///
  /// @throws IOException when there is none
  public int newest() throws IOException {
    List<Integer> numbers = numbers();
    if (numbers.isEmpty()) {
      throw new IOException(path + ": no backup in it");
    }
    return numbers.getLast();
  }

  /// One backup.
  ///
  /// @throws IOException when there is none of this number, or its list is damaged
  public Backup backup(int number) throws IOException {
    return backup(listing(number));
  }

  /// Makes a data directory of a backup. It becomes one by the last file that is written.
  ///
  /// @param to empty or missing; empty again when this throws
  /// @throws IOException also when a file is damaged
  public void restore(int number, Path to, LongConsumer moved) throws IOException {
    Listing listing = listing(number);
    requireEmpty(to);
    Disk.makeDirectory(to);
    try {
      Set<Path> directories = new HashSet<>();
      directories.add(to);
      for (Entry entry : listing.entries()) {
        if (!entry.path().equals(LAST)) {
          Path file = to.resolve(entry.path());
          Disk.makeDirectory(file.getParent());
          directories.add(file.getParent());
          restore(entry, file, moved);
        }
      }
      for (Path directory : directories) {
        Disk.sync(directory);
      }
      for (Entry entry : listing.entries()) {
        if (entry.path().equals(LAST)) {
          restore(entry, to.resolve(LAST), moved);
        }
      }
      Disk.sync(to);
    } catch (IOException | RuntimeException | Error e) {
      Disk.deleteContents(to);
      throw e;
    }
  }

  private void restore(Entry entry, Path file, LongConsumer moved) throws IOException {
    Path kept = vault.path(entry.hash());
    if (Files.notExists(kept)) {
      throw new IOException("%s (%s) is missing".formatted(kept, entry.path()));
    }
    if (!Disk.copy(kept, file, moved).equals(entry.hash())) {
      throw new IOException("%s (%s) is damaged".formatted(kept, entry.path()));
    }
  }

  /// How many bytes all backups take together, as far as their lists can be read.
  public long bytes() throws IOException {
    return contents(new ArrayList<>()).values().stream().mapToLong(Entry::bytes).sum();
  }

  /// @param damaged takes a line for each list that can not be read
  private Map<String, Entry> contents(List<String> damaged) throws IOException {
    Map<String, Entry> contents = new TreeMap<>();
    for (int number : numbers()) {
      try {
        listing(number).entries().forEach(entry -> contents.put(entry.hash(), entry));
      } catch (IOException e) {
        damaged.add(e.getMessage());
      }
    }
    return contents;
  }

  /// Reads everything that all backups need and compares it with its hashes.
  ///
  /// @return what is wrong, a line each; empty: nothing
  public List<String> verify(LongConsumer moved) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Entry entry : contents(wrong).values()) {
      Path kept = vault.path(entry.hash());
      if (Files.notExists(kept)) {
        wrong.add("%s (%s) is missing".formatted(kept, entry.path()));
      } else if (!Disk.hash(kept, moved).equals(entry.hash())) {
        wrong.add("%s (%s) is damaged".formatted(kept, entry.path()));
      }
    }
    return wrong;
  }
}
