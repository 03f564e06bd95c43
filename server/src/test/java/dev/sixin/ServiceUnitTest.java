package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// packaging/sixin.service: that systemd understands it, and that it starts what there is.
class ServiceUnitTest {
  private static final Path ROOT = Path.of("..");

  @TempDir private Path directory;

  private static String unit() throws IOException {
    return Files.readString(ROOT.resolve("packaging").resolve("sixin.service"));
  }

  private static List<String> command() throws IOException {
    String line =
        unit()
            .lines()
            .filter(one -> one.startsWith("ExecStart="))
            .findAny()
            .orElseThrow()
            .substring("ExecStart=".length());
    return Arrays.asList(line.split(" "));
  }

  @Test
  void systemd_findsNothingWrongWithIt() throws Exception {
    Path systemd = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(systemd), "there is no systemd here");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path copy = directory.resolve("sixin.service");
    Files.writeString(copy, unit().replace(command().getFirst(), java.toString()));
    Process verify =
        new ProcessBuilder(systemd.toString(), "verify", copy.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), UTF_8);
    assertThat(verify.waitFor()).as(said).isZero();
    assertThat(said.lines().filter(line -> line.contains("sixin.service"))).isEmpty();
  }

  /// The cache lies elsewhere, and what the launcher's JVM says stands among its commands' answers.
  private static boolean isOfBoth(String option) {
    return !option.startsWith("-XX:AOTCache") && !option.startsWith("-Xlog");
  }

  @Test
  void itRunsWithTheLaunchersOptions_andServesWithOptionsThatThereAre() throws IOException {
    List<String> command = command();
    int serve = command.indexOf("serve");
    List<String> options = command.subList(serve + 1, command.size());
    assertThat(options.stream().filter(word -> word.startsWith("--"))).allMatch(Options::isName);
    assertThat(Config.of(options.toArray(String[]::new)).data())
        .isEqualTo(Path.of("/var/lib/sixin/data"));

    List<String> ofService =
        command.subList(1, serve).stream()
            .filter(word -> word.startsWith("-X"))
            .filter(word -> !word.equals("-XX:+ExitOnOutOfMemoryError"))
            .filter(ServiceUnitTest::isOfBoth)
            .toList();
    List<String> ofLauncher =
        Pattern.compile("(?<![\\w-])-X[^\\s\"$]+")
            .matcher(Files.readString(ROOT.resolve("sixin")))
            .results()
            .map(MatchResult::group)
            .filter(ServiceUnitTest::isOfBoth)
            .toList();
    assertThat(ofService).isNotEmpty().containsExactlyInAnyOrderElementsOf(ofLauncher);
  }
}
