package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/// What a node runs: Cassandra and its libraries, fetched once by Maven into a folder beside this
/// program's own, and never on this program's class path.
///
/// ```
/// pom.xml  names them
/// jars/    they
/// mvn.log  what Maven said
/// ```
final class CassandraJars {
  private static final String POM = "pom.xml";

  private final Path folder;

  private CassandraJars(Path folder) {
    this.folder = folder;
  }

  /// Where they belong; they may not be there yet.
  static CassandraJars besideThisProgram() {
    try {
      Path program =
          Path.of(CassandraJars.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new CassandraJars(program.resolveSibling("cassandra"));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whether they are there, and those that are wanted now.
  boolean areThere() {
    Path pom = folder.resolve(POM);
    try {
      return Files.exists(pom) && Files.readString(pom, UTF_8).equals(text(POM));
    } catch (IOException e) {
      return false;
    }
  }

  /// Fetches them. The pom lands last: it says that all is there.
  void fetch() {
    try {
      Files.createDirectories(folder);
      Path wanted = Files.createDirectories(folder.resolve("fetching")).resolve(POM);
      Files.writeString(wanted, text(POM), UTF_8);
      Path said = folder.resolve("mvn.log");
      int code =
          new ProcessBuilder(
                  "mvn", "-B", "-ntp", "-f", wanted.toString(), "dependency:copy-dependencies")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start()
              .waitFor();
      if (code != 0) {
        throw new Failure(
            "Cassandra could not be fetched: %s%nAll of it: %s".formatted(errors(said), said));
      }
      Folders.delete(jars());
      Files.move(wanted.resolveSibling("jars"), jars());
      Files.move(wanted, folder.resolve(POM), StandardCopyOption.REPLACE_EXISTING);
      Folders.delete(wanted.getParent());
    } catch (IOException e) {
      throw new Failure(
          "Cassandra could not be fetched: %s (Maven is needed: mvn)".formatted(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while Cassandra was fetched");
    }
  }

  private static String errors(Path said) throws IOException {
    try (Stream<String> lines = Files.lines(said)) {
      return lines.filter(line -> line.startsWith("[ERROR]")).findFirst().orElse("Maven failed");
    }
  }

  private Path jars() {
    return folder.resolve("jars");
  }

  /// As `java -cp` takes them.
  String classPath() {
    return jars() + "/*";
  }

  /// The agent that tells Cassandra how large its objects are.
  Path agent() {
    try (Stream<Path> jars = Files.list(jars())) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("jamm-"))
          .findFirst()
          .orElseThrow(() -> new Failure(jars() + ": no jamm-*.jar"));
    } catch (IOException e) {
      throw new Failure("%s: %s".formatted(jars(), e.getMessage()));
    }
  }

  /// A file that comes with this program.
  static String text(String name) throws IOException {
    try (InputStream in = CassandraJars.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /// A file that comes with this program, with words in it replaced.
  static String text(String name, Map<String, String> words) throws IOException {
    String text = text(name);
    for (Map.Entry<String, String> word : words.entrySet()) {
      text = text.replace("@" + word.getKey() + "@", word.getValue());
    }
    return text;
  }
}
