package dev.sixin.bench.torture.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/// A process that writes files, for who takes the power from it. It says what it did and waits to
/// be killed.
final class Scribe {
  private Scribe() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[1]);
    switch (args[0]) {
      case "files" -> files(root);
      case "rows" -> rows(root);
      case "errors" -> errors(root);
      case "clock" -> clock();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.in.read();
  }

  private static void files(Path root) throws IOException {
    Path synced = root.resolve("synced");
    append(synced, "first", true);
    append(root.resolve("replaced"), "old", true);
    append(root.resolve("removed"), "old", true);
    syncNames(root);
    append(synced, " second", false);
    append(root.resolve("new"), "new", true);
    append(root.resolve("replacing"), "new", true);
    Files.move(root.resolve("replacing"), root.resolve("replaced"), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(root.resolve("removed"));
    say("done");
  }

  private static void append(Path file, String text, boolean sync) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      if (sync) {
        channel.force(true);
      }
    }
  }

  private static void syncNames(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void rows(Path root) throws RocksDBException {
    RocksDB.loadLibrary();
    try (Options options = new Options().setCreateIfMissing(true);
        WriteOptions synced = new WriteOptions().setSync(true);
        WriteOptions unsynced = new WriteOptions()) {
      RocksDB db = RocksDB.open(options, root.toString());
      db.put(synced, "synced".getBytes(UTF_8), new byte[] {1});
      db.put(unsynced, "unsynced".getBytes(UTF_8), new byte[] {1});
      say("done");
    }
  }

  private static void errors(Path root) throws IOException {
    say("ready");
    System.in.read();
    String said = "";
    try {
      append(root.resolve("file"), "text", true);
      said = "no error";
    } catch (IOException e) {
      said = e.getMessage();
    }
    say(said);
  }

  private static void clock() throws IOException {
    say("ready");
    System.in.read();
    say(Long.toString(System.currentTimeMillis()));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
