package dev.sixin.bench.torture.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A layer between a process and its files, in which writes and syncs fail on demand, the wall
/// clock can be moved, and a power loss can happen: what was not synced is gone then. The layer is
/// `faulty.c`, compiled when it is needed and loaded into the process before the C library.
///
/// It has a directory of its own, best on another file system than the files, which may be full:
///
/// ```
/// faulty.so   the layer
/// control     what it is told: clock i64 ns, write errno i32, sync errno i32, killing sync i32,
///             failed calls i32; shared memory, in the machine's byte order
/// journal     what it noted, see Journal
/// ```
///
/// and a directory beside the one that is looked at, with `.shadow` behind its name, for files that
/// are removed or replaced, but not for good.
public final class FaultyDisk {
  /// An I/O error, as Linux numbers it.
  public static final int EIO = 5;

  /// No space left on the device.
  public static final int ENOSPC = 28;

  private static final int CLOCK_AT = 0;
  private static final int WRITE_ERRNO_AT = 8;
  private static final int SYNC_ERRNO_AT = 12;
  private static final int KILLING_SYNC_AT = 16;
  private static final int FAILED_AT = 20;
  private static final int CONTROL_BYTES = 24;
  private static final Duration COMPILING = Duration.ofSeconds(60);

  private final Path root;
  private final Path library;
  private final Path journal;
  private final Path shadow;
  private final Path controlFile;
  private final ByteBuffer control;

  private FaultyDisk(Path directory, Path root) throws IOException {
    this.root = root;
    this.library = directory.resolve("faulty.so");
    this.journal = directory.resolve("journal");
    this.shadow = Files.createDirectories(root.resolveSibling(root.getFileName() + ".shadow"));
    this.controlFile = directory.resolve("control");
    Files.write(controlFile, new byte[CONTROL_BYTES]);
    try (FileChannel channel =
        FileChannel.open(controlFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      this.control =
          channel.map(MapMode.READ_WRITE, 0, CONTROL_BYTES).order(ByteOrder.nativeOrder());
    }
  }

  /// Why there can be no such layer here.
  public static final class Impossible extends Exception {
    private static final long serialVersionUID = 1;

    Impossible(String why) {
      super(why);
    }
  }

  /// Compiles the layer for what lies in a directory.
  ///
  /// @param directory an empty one, for the layer's own files
  /// @param root what is looked at; need not be there yet
  /// @throws Impossible when this is not Linux or there is no C compiler
  public static FaultyDisk below(Path directory, Path root)
      throws IOException, InterruptedException, Impossible {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new Impossible("the fault layer is for Linux");
    }
    FaultyDisk disk = new FaultyDisk(directory.toRealPath(), real(root));
    disk.compile(directory.resolve("faulty.c"));
    return disk;
  }

  private static Path real(Path root) throws IOException {
    return root.toAbsolutePath().getParent().toRealPath().resolve(root.getFileName());
  }

  private void compile(Path source) throws IOException, InterruptedException, Impossible {
    try (InputStream in = FaultyDisk.class.getResourceAsStream("faulty.c")) {
      Files.copy(in, source);
    }
    Path said = source.resolveSibling("cc.log");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc",
                  "-O2",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl",
                  "-lpthread")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    } catch (IOException e) {
      throw new Impossible("the fault layer needs a C compiler, cc (Debian: gcc, libc6-dev)");
    }
    if (!compiler.waitFor(COMPILING.toSeconds(), TimeUnit.SECONDS) || compiler.exitValue() != 0) {
      compiler.destroyForcibly();
      throw new Impossible(
          "the fault layer does not compile: "
              + Files.readAllLines(said).stream().findFirst().orElse("no output"));
    }
  }

  /// The variables that a process needs in its environment to run on this layer.
  public Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "SIXIN_FAULTY_ROOT", root.toString(),
        "SIXIN_FAULTY_JOURNAL", journal.toString(),
        "SIXIN_FAULTY_SHADOW", shadow.toString(),
        "SIXIN_FAULTY_CONTROL", controlFile.toString());
  }

  /// Moves the wall clock of processes on this layer, away from the machine's.
  public void moveClock(Duration away) {
    control.putLong(CLOCK_AT, away.toNanos());
  }

  /// From now on writes end with an error, halfway.
  ///
  /// @param errno 0: no longer
  public void failWrites(int errno) {
    control.putInt(WRITE_ERRNO_AT, errno);
  }

  /// From now on syncs end with an error, and what they were to sync is never synced again.
  ///
  /// @param errno 0: no longer
  public void failSyncs(int errno) {
    control.putInt(SYNC_ERRNO_AT, errno);
  }

  /// Kills the process in the place of the sync that comes so many calls from now.
  public void killInsteadOfSync(int calls) {
    control.putInt(KILLING_SYNC_AT, calls);
  }

  /// How many calls were made to fail so far.
  public int failed() {
    return control.getInt(FAILED_AT);
  }

  /// The power fails: what no process on this layer synced is taken from the files. None may run.
  /// Of each file a random part of what was not synced may stay, for a disk may have written it.
  ///
  /// @throws IllegalStateException when something was written that the layer can not take back
  public Loss losePower(RandomGenerator random) throws IOException {
    killInsteadOfSync(0);
    List<String> lines = Files.exists(journal) ? Files.readAllLines(journal) : List.of();
    Loss loss = Journal.read(lines, shadow).loseUnsynced(random);
    Files.deleteIfExists(journal);
    try (var kept = Files.newDirectoryStream(shadow)) {
      for (Path file : kept) {
        Files.delete(file);
      }
    }
    return loss;
  }

  /// What a power loss took.
  ///
  /// @param bytes of files that stayed
  /// @param files that were cut
  /// @param names that were undone: of files made, renamed or removed
  public record Loss(long bytes, int files, int names) {
    /// Nothing.
    public static final Loss NONE = new Loss(0, 0, 0);

    /// This and another.
    public Loss plus(Loss other) {
      return new Loss(bytes + other.bytes, files + other.files, names + other.names);
    }
  }
}
