package dev.sixin.api.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The examples of docs/http.md: each command, run as it stands there, gets the answer that stands
/// below it.
class HttpDocTest {
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "^## (.+?)$.*?^```sh$(.*?)^```$.*?^```json$(.*?)^```$",
          Pattern.MULTILINE | Pattern.DOTALL);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

  private record Example(String title, String command, String answer) {}

  @Test
  void everyExample_getsTheAnswerThatStandsBelowIt() throws IOException, InterruptedException {
    assumeThat(run("curl --version", "", "")).as("curl").startsWith("curl");
    List<Example> examples = examples();
    assertThat(examples).hasSize(36);

    try (TestServer server = Town.start()) {
      String address = "http://127.0.0.1:" + server.port();
      String token = server.token(Town.ANN);
      for (Example example : examples) {
        String answer = run(example.command().strip() + " -s", address, token);
        assertThat(JSON.readTree(answer))
            .as(example.title())
            .isEqualTo(JSON.readTree(example.answer()));
      }
    }
  }

  private static List<Example> examples() throws IOException {
    return EXAMPLE
        .matcher(Files.readString(Path.of("..", "docs", "http.md")))
        .results()
        .map(found -> new Example(found.group(1), found.group(2), found.group(3)))
        .toList();
  }

  /// What a command prints.
  private static String run(String command, String address, String token)
      throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command);
    shell.environment().put("SIXIN", address);
    shell.environment().put("TOKEN", token);
    Process process = shell.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return printed;
  }
}
