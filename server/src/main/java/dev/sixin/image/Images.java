package dev.sixin.image;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.github.bucket4j.Bucket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pictures that users upload, each under the hash of its content: the same picture is stored once,
/// and what a name stands for never changes.
public final class Images {
  /// The largest picture.
  public static final int MAX_BYTES = 10 << 20;

  private static final Logger log = LoggerFactory.getLogger(Images.class);
  private static final int MAX_AT_ONCE = 32;
  private static final int USERS_REMEMBERED = 100_000;
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.(png|jpeg|gif|webp)");

  private final ImageFolder folder;
  private final Limits limits;
  private final Semaphore room = new Semaphore(MAX_AT_ONCE);
  private final Cache<Long, Bucket> users =
      Caffeine.newBuilder()
          .maximumSize(USERS_REMEMBERED)
          .expireAfterAccess(Duration.ofDays(1))
          .build();

  /// What users may upload.
  ///
  /// @param burst pictures of one user at once; 0: no limit, nor one in an hour
  /// @param perHour pictures of one user in an hour, in the long run
  /// @param totalBytes all pictures together
  public record Limits(int burst, int perHour, long totalBytes) {}

  /// A picture that is there to stay.
  public record Stored(String name, Picture picture, long bytes) {}

  /// The pictures in a directory.
  public Images(Path directory, Limits limits) {
    try {
      this.folder = new ImageFolder(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.limits = limits;
  }

  /// Takes leave to upload one picture. To be closed, whatever comes of it.
  ///
  /// @throws Refusal when the user uploads too much (21020), or too many do (-509)
  public Upload begin(long uid) {
    if (limits.burst() > 0 && !users.get(uid, _ -> newBucket()).tryConsume(1)) {
      throw Refusal.of(Code.TOO_FAST);
    }
    if (!room.tryAcquire()) {
      throw Refusal.of(Code.OVERLOADED);
    }
    try {
      return new Upload(folder.fresh());
    } catch (IOException e) {
      room.release();
      throw notStored(e);
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit.capacity(limits.burst()).refillGreedy(limits.perHour(), Duration.ofHours(1)))
        .build();
  }

  /// The file with a picture; none for what is no picture's name.
  public Optional<Path> find(String name) {
    return Optional.of(name)
        .filter(NAME.asMatchPredicate())
        .map(folder::path)
        .filter(Files::exists);
  }

  /// All pictures in a directory, for [#isWhole].
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> NAME.matcher(file.getFileName().toString()).matches()).toList();
    }
  }

  /// Whether a picture is what its name says.
  public static boolean isWhole(Path file) throws IOException {
    String name = file.getFileName().toString();
    return name.startsWith(hash(ByteBuffer.wrap(Files.readAllBytes(file))) + ".");
  }

  /// The refusal of a picture for which there is a disk no longer, or no room on it.
  public static Refusal notStored(IOException e) {
    log.error("a picture can not be stored", e);
    return Refusal.of(Code.SYSTEM_ERROR, "the picture: can not be stored now");
  }

  /// A picture that is being received.
  public final class Upload implements AutoCloseable {
    private final Path file;

    private Upload(Path file) {
      this.file = file;
    }

    /// Where it is to be written.
    public Path file() {
      return file;
    }

    /// Stores what was written.
    ///
    /// @throws Refusal when it is no picture or too large (21037), or there is no room (-3)
    public Stored keep() {
      try (FileChannel channel = FileChannel.open(file);
          Arena arena = Arena.ofConfined()) {
        long size = channel.size();
        if (size > MAX_BYTES) {
          throw tooLarge();
        }
        ByteBuffer bytes = channel.map(MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
        Picture picture = Picture.of(bytes);
        String name = hash(bytes) + "." + picture.type();
        if (!folder.keep(file, name, limits.totalBytes())) {
          log.error("no room for pictures: {} bytes are used up", limits.totalBytes());
          throw Refusal.of(Code.SYSTEM_ERROR, "the picture: no room for more");
        }
        return new Stored(name, picture, size);
      } catch (IOException e) {
        throw notStored(e);
      }
    }

    @Override
    public void close() {
      room.release();
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.error("{} is left", file, e);
      }
    }
  }

  /// The refusal of a picture that is too large.
  public static Refusal tooLarge() {
    return Refusal.of(
        Code.BAD_IMAGE, "the picture: too large (expected: at most %d bytes)".formatted(MAX_BYTES));
  }

  private static String hash(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
