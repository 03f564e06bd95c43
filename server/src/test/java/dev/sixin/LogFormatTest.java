package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/// How lines of the log look, in each format that can be chosen.
class LogFormatTest {
  /// Two lines, the second of which belongs to a request.
  private static String[] lines(LogFormat format) throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, UTF_8));
    LoggerContext context = new LoggerContext();
    try {
      format.use();
      LogbackMDCAdapter adapter = new LogbackMDCAdapter();
      context.setMDCAdapter(adapter);
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(Main.class.getResource("/logback.xml"));
      Logger log = context.getLogger("dev.sixin.Some");
      log.info("no {}", "request");
      adapter.put("request", "id-1");
      log.warn("of a request", new IllegalStateException("why"));
    } finally {
      context.stop();
      System.setErr(before);
      LogFormat.text.use();
    }
    return written.toString(UTF_8).split("\n");
  }

  @Test
  void text_isForPeople() throws Exception {
    String[] lines = lines(LogFormat.text);
    assertThat(lines[0]).matches("\\d{4}-\\S+ INFO  dev.sixin.Some - no request");
    assertThat(lines[1]).matches("\\d{4}-\\S+ WARN  dev.sixin.Some - \\[id-1] of a request");
    assertThat(lines[2]).isEqualTo("java.lang.IllegalStateException: why");
  }

  @Test
  void json_isAnObjectALine() throws Exception {
    String[] lines = lines(LogFormat.json);
    assertThat(lines).hasSize(2);
    JsonNode first = new JsonMapper().readTree(lines[0]);
    assertThat(first.get("level").asText()).isEqualTo("INFO");
    assertThat(first.get("formattedMessage").asText()).isEqualTo("no request");
    assertThat(first.get("loggerName").asText()).isEqualTo("dev.sixin.Some");
    assertThat(first.get("timestamp").isIntegralNumber()).isTrue();
    JsonNode second = new JsonMapper().readTree(lines[1]);
    assertThat(second.at("/mdc/request").asText()).isEqualTo("id-1");
    assertThat(second.at("/throwable/message").asText()).isEqualTo("why");
  }
}
