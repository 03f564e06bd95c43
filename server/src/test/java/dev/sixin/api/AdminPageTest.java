package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TempDirectory;
import dev.sixin.TestServer;
import dev.sixin.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The examples of docs/admin.md do what they say.
class AdminPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|json)\n(.*?)^```$");

  @Test
  void examples_answerWhatThePageSays() throws IOException, InterruptedException {
    String page = Files.readString(Path.of("..", "docs", "admin.md"));
    List<MatchResult> blocks = BLOCK.matcher(page).results().toList();
    try (TestServer server = TestServer.start();
        TempDirectory directory = new TempDirectory()) {
      Files.write(directory.path().resolve("picture.png"), Pictures.drawn("png", 30, 20));
      String setting =
          "SERVER=http://127.0.0.1:%d\nAUTH='authorization: Bearer %s'\nTOKEN=%s\n"
              .formatted(server.port(), server.adminToken(), server.token(Person.on(server).uid()));

      List<String> expected = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      for (int i = 1; i < blocks.size(); i++) { // the first one is the setting
        String text = blocks.get(i).group(2);
        if (blocks.get(i).group(1).equals("json")) {
          expected.add(text);
          assertThat(answers.getLast()).matches(Pattern.quote(text).replace("…", "\\E.+?\\Q"));
        } else {
          answers.add(run(directory.path(), setting + text));
        }
      }
      assertThat(answers).hasSize(14);
      assertThat(expected).as("all but the export").hasSize(13);
    }
  }

  private static String run(Path directory, String script)
      throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String answer = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).as(answer).isZero();
    return answer;
  }
}
