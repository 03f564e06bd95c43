package dev.sixin.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The fuzzer, in a process of its own: `-Dsixin.fuzz.seconds=600` runs it longer,
/// `-Dsixin.fuzz.entrance=FORMS` takes one way in alone.
class FuzzIT {
  private static final int SECONDS = Integer.getInteger("sixin.fuzz.seconds", 60);
  private static final int GRACE_SECONDS = 90;
  private static final Path DIRECTORY = Path.of("target/fuzz").toAbsolutePath();
  private static final Pattern RESULT =
      Pattern.compile("fuzz: (\\d+) inputs, heap of (\\d+) KB after \\d+ and of (\\d+) KB .*");
  private static final int MOST_GROWTH_KILOBYTES = 64 << 10;

  /// What else the fuzzer looks for: all but regular expressions, paths and commands from input.
  /// One of them takes the test's own connections for a finding.
  private static final String NOT_OURS =
      Stream.of(
              "BigDecimal",
              "ClojureLangHooks",
              "Deserialization",
              "ExpressionLanguageInjection",
              "LdapInjection",
              "NamingContextLookup",
              "ReflectiveCall",
              "ScriptEngineInjection",
              "ServerSideRequestForgery",
              "SqlInjection",
              "TemplateInjection",
              "UnsafeSanitizer",
              "XPathInjection",
              "XmlParserSsrfGuidance")
          .map("com.code_intelligence.jazzer.sanitizers."::concat)
          .collect(Collectors.joining(":"));

  /// What is no part of the server, what is generated, and what keeps tables by field: the fuzzer
  /// compares keys to learn of them, and those of different messages can not be compared.
  private static final String NOT_GUIDING =
      String.join(
          ":",
          "dev.sixin.fuzz.**",
          "dev.sixin.TestServer",
          "dev.sixin.StoreRows",
          "dev.sixin.api.Rpc",
          "dev.sixin.api.Rpcs",
          "dev.sixin.api.Http1Connection",
          "dev.sixin.api.Http2Connection",
          "dev.sixin.proto.**",
          "dev.sixin.admin.**",
          "dev.sixin.entity.rows.**",
          "dev.sixin.api.docs.**",
          "dev.sixin.api.web.Json",
          "dev.sixin.api.web.LinkSettings");

  @Test
  void noInput_makesTheServerFail() throws IOException, InterruptedException {
    Path seeds = directory("seeds");
    Path corpus = directory("corpus");
    Path found = directory("found");
    List<byte[]> known = Seeds.all();
    for (int i = 0; i < known.size(); i++) {
      Files.write(seeds.resolve("seed-" + i), known.get(i));
    }
    Process fuzzer =
        new ProcessBuilder(command(found, corpus, seeds, Seeds.FINDINGS.toAbsolutePath()))
            .directory(found.toFile())
            .redirectErrorStream(true)
            .start();
    // the server's threads would outlive a fuzzer that can not begin
    CompletableFuture.delayedExecutor(SECONDS + GRACE_SECONDS, TimeUnit.SECONDS)
        .execute(fuzzer::destroyForcibly);
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = fuzzer.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.startsWith("#") || line.startsWith("fuzz:")) {
          System.out.println(line);
        }
      }
    }
    String all = String.join("\n", said);
    assertThat(fuzzer.waitFor()).as("the fuzzer's exit code, after:%n%s", all).isZero();
    Matcher result =
        said.stream().map(RESULT::matcher).filter(Matcher::matches).findAny().orElseThrow();
    assertThat(Long.parseLong(result.group(1))).as("inputs").isGreaterThan(known.size());
    assertThat(Long.parseLong(result.group(3)))
        .as("KB of heap at the end")
        .isLessThan(Long.parseLong(result.group(2)) + MOST_GROWTH_KILOBYTES);
  }

  private static List<String> command(Path found, Path... corpora) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+EnableDynamicAgentLoading",
            "-Dio.netty.leakDetection.level=paranoid", // a lost buffer is an error in the log
            "-Xmx1g"));
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.equals("sixin.fuzz.entrance"))
        .forEach(name -> command.add("-D%s=%s".formatted(name, System.getProperty(name))));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + Fuzz.class.getName(),
            "--instrumentation_includes=dev.sixin.**",
            "--instrumentation_excludes=" + NOT_GUIDING,
            "--disabled_hooks=" + NOT_OURS,
            "-max_total_time=" + SECONDS,
            "-timeout=10",
            "-rss_limit_mb=0",
            "-print_final_stats=1",
            "-artifact_prefix=" + found + "/"));
    Stream.of(corpora).map(Path::toString).forEach(command::add);
    return command;
  }

  private static Path directory(String name) throws IOException {
    return Files.createDirectories(DIRECTORY.resolve(name));
  }
}
