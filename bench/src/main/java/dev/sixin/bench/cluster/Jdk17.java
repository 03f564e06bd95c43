package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A JVM of version 17, the newest that Cassandra 5.0 runs on.
final class Jdk17 {
  private static final String VERSION = "JAVA_VERSION=\"17";

  private Jdk17() {}

  /// Its `java`, from JAVA_HOME, the PATH or where JDKs are usually put.
  static Path java() {
    return candidates()
        .filter(Jdk17::is17)
        .map(home -> home.resolve("bin/java"))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "Cassandra needs a JVM of version 17, and there is none in JAVA_HOME, on the"
                        + " PATH or in the usual folders (Debian: apt install"
                        + " openjdk-17-jre-headless; SDKMAN: sdk install java 17-tem)"));
  }

  private static boolean is17(Path home) {
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.readString(home.resolve("release"), UTF_8).contains(VERSION);
    } catch (IOException e) {
      return false; // no JDK
    }
  }

  private static Stream<Path> candidates() {
    List<Path> homes = new ArrayList<>();
    Optional.ofNullable(System.getenv("JAVA_HOME")).map(Path::of).ifPresent(homes::add);
    Programs.find("java").map(java -> java.getParent().getParent()).ifPresent(homes::add);
    String user = System.getProperty("user.home");
    for (String folder :
        List.of("/usr/lib/jvm", "/opt", user + "/.sdkman/candidates/java", user + "/.jdks")) {
      homes.addAll(children(Path.of(folder)));
    }
    for (Path bundle : children(Path.of("/Library/Java/JavaVirtualMachines"))) {
      homes.add(bundle.resolve("Contents/Home"));
    }
    homes.add(Path.of("/opt/homebrew/opt/openjdk@17/libexec/openjdk.jdk/Contents/Home"));
    return homes.stream();
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      return List.of(); // there is no such folder
    }
  }
}
