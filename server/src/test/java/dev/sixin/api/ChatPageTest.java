package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChatPageTest {
  private static final Path FILES = Path.of("src", "main", "resources", "web");
  private static final Pattern IMPORT = Pattern.compile("from '\\./([^']+)'");
  private static final Pattern NAMED_BY_THE_PAGE = Pattern.compile("(?:src|href)=\"([^:\"]+)\"");

  @Test
  void page_runsNothingButItsOwnFiles_andIsAskedForEachTime() {
    try (TestServer server = TestServer.start()) {
      WebClient web = WebClient.of(server, Version.HTTP_2);
      for (String path : List.of("/", "/web/main.js", "/web/preact.js", "/web/style.css")) {
        WebAnswer reply = web.get(path);
        assertThat(reply.status()).as(path).isEqualTo(200);
        assertThat(reply.header("content-security-policy"))
            .as(path)
            .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
            .doesNotContain("unsafe");
        assertThat(reply.header("x-content-type-options")).as(path).isEqualTo("nosniff");
        assertThat(reply.header("cache-control")).as(path).isEqualTo("no-cache");
        assertThat(reply.header("content-type"))
            .as(path)
            .matches("(text/html|text/css|application/javascript); charset=utf-8");

        WebAnswer again = web.with("if-none-match", reply.header("etag")).get(path);
        assertThat(again.status()).as(path).isEqualTo(304);
      }
    }
  }

  @Test
  void everyFileThatTheFilesName_isThere() throws IOException {
    try (TestServer server = TestServer.start();
        Stream<Path> files = Files.list(FILES)) {
      WebClient web = WebClient.of(server, Version.HTTP_1_1);
      List<String> named =
          Stream.concat(
                  files
                      .filter(file -> file.toString().endsWith(".js"))
                      .flatMap(file -> found(IMPORT, read(file)))
                      .map(name -> "/web/" + name),
                  found(NAMED_BY_THE_PAGE, web.get("/").text()).map(name -> "/" + name))
              .distinct()
              .toList();
      assertThat(named).contains("/web/preact.js", "/web/api.js", "/web/main.js");
      for (String path : named) {
        assertThat(web.get(path).status()).as(path).isEqualTo(200);
      }
    }
  }

  @Test
  void page_isNotThere_whenTheOperatorDoesNotWantIt() {
    try (TestServer server = TestServer.start("--page=false")) {
      WebClient web = WebClient.of(server, Version.HTTP_2);
      assertThat(web.get("/").status()).isEqualTo(404);
      assertThat(web.get("/web/main.js").status()).isEqualTo(404);
    }
  }

  @Test
  void files_endWhereTheyShould() {
    try (TestServer server = TestServer.start()) {
      WebClient web = WebClient.of(server, Version.HTTP_2);
      assertThat(web.get("/web/nothing.js").status()).isEqualTo(404);
      assertThat(web.get("/web/%2e%2e/logback.xml").status()).isBetween(400, 404);
      assertThat(web.get("/web/").status()).isEqualTo(404);
    }
  }

  private static Stream<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
