package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.spi.MDCAdapter;

/// How lines of the log look, in each format that can be chosen.
class LogFormatTest {
  /// Two lines, the second of which belongs to a request.
  private static String[] lines(LogFormat format) throws Exception {
    return lines(
        format,
        (log, tags) -> {
          log.info("no {}", "request");
          tags.put("request", "id-1");
          log.warn("of a request", new IllegalStateException("why"));
        });
  }

  private static String[] lines(LogFormat format, BiConsumer<Logger, MDCAdapter> talk)
      throws Exception {
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
      talk.accept(context.getLogger("dev.sixin.Some"), adapter);
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

  @ParameterizedTest
  @EnumSource
  void clientsThatBreakTheRulesOfHttp2_areNotLogged(LogFormat format) throws Exception {
    String[] lines =
        lines(
            format,
            (log, _) -> {
              for (Http2Error error :
                  List.of(
                      Http2Error.ENHANCE_YOUR_CALM,
                      Http2Error.PROTOCOL_ERROR,
                      Http2Error.INTERNAL_ERROR)) {
                log.warn("of 192.0.2.1", Http2Exception.connectionError(error, error.name()));
              }
            });
    assertThat(lines).noneMatch(line -> line.contains("CALM") || line.contains("PROTOCOL"));
    assertThat(lines).anyMatch(line -> line.contains("INTERNAL_ERROR"));
  }
}
