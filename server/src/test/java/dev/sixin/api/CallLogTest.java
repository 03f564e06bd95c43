package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSendMsg;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpClient.Version;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// What is logged of calls.
class CallLogTest {
  private static final String SECRET = "what-only-two-should-know";
  private static final String ID = "x-request-id";

  @AutoClose private final TestServer server = TestServer.start("--slow-call=0");
  private final Person ann = Person.on(server);
  private final Person bob = Person.on(server);
  private final Queue<ILoggingEvent> logged = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          event.prepareForDeferredProcessing();
          logged.add(event);
        }
      };
  private final Logger log = (Logger) LoggerFactory.getLogger(CallLog.class);

  @BeforeEach
  void listen() {
    appender.setContext(log.getLoggerContext());
    appender.start();
    log.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(appender);
  }

  @Test
  void aCallThatFails_isLoggedOnce_byTheNameThatItsAnswerHas_andNotWhoseItIs() {
    server.friends(ann.uid(), bob.uid());
    server.say(ann.uid(), bob.uid(), SECRET);
    String token = server.token(ann.uid());
    server.restart(() -> StoreRows.spoil(server, "inbox"));

    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                server
                    .withToken(token)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(named("call-7")))
                    .sendMsg(ReqSendMsg.newBuilder().setMsg(text(bob.uid(), SECRET)).build()));
    assertThat(TestServer.details(failure).getCode()).isEqualTo(-500);
    assertThat(logged).hasSize(1);
    assertThat(logged.element().getLevel()).isEqualTo(Level.ERROR);
    assertThat(logged.element().getFormattedMessage())
        .matches("failed: ImInterface/SendMsg code=-500 ms=\\d+");
    assertThat(logged.element().getMDCPropertyMap()).containsEntry("request", "call-7");
    assertThat(logged.element().getThrowableProxy()).isNotNull();

    WebAnswer answer =
        WebClient.of(server, Version.HTTP_1_1)
            .with("authorization", "Bearer " + token)
            .get("/session_svr/v1/session_svr/get_sessions", "session_type", 1);
    answer.assertRefused(-500);
    assertThat(logged).hasSize(2);
    String id = List.copyOf(logged).getLast().getMDCPropertyMap().get("request");
    assertThat(answer.header(ID)).isEqualTo(id).matches("[0-9a-f]{16}");

    assertThat(logged)
        .allSatisfy(
            event ->
                assertThat(event.getFormattedMessage() + event.getThrowableProxy().getMessage())
                    .doesNotContain(SECRET)
                    .doesNotContain(token)
                    .doesNotContain(Long.toString(ann.uid()))
                    .doesNotContain(Long.toString(bob.uid())));
  }

  private static Metadata named(String id) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(ID, Metadata.ASCII_STRING_MARSHALLER), id);
    return headers;
  }

  @Test
  void aCallThatIsRefused_isNotLogged() {
    TestServer.assertRefused(21026, () -> server.say(ann.uid(), ann.uid(), SECRET));
    assertThat(logged).isEmpty();
  }

  @Test
  void aSlowCall_isLogged() {
    try (TestServer fussy = TestServer.start("--slow-call=1")) {
      fussy.people(1); // a few fsyncs
      Await.until(
          "a call took a millisecond",
          () -> {
            fussy.people(1);
            return !logged.isEmpty();
          });
    }
    assertThat(logged.element().getLevel()).isEqualTo(Level.WARN);
    assertThat(logged.element().getFormattedMessage())
        .matches("slow: Admin/PutUsers code=0 ms=\\d+");
    assertThat(logged.element().getMDCPropertyMap().get("request")).matches("[0-9a-f]{16}");
  }

  @Test
  void noMoreThanTenLinesAreWrittenInASecond_andHowManyWereNotIsSaid() {
    AtomicLong nanos = new AtomicLong();
    Scarce lines = new Scarce(2, nanos::get);
    assertThat(List.of(lines.take(), lines.take(), lines.take(), lines.take()))
        .containsExactly(0L, 0L, -1L, -1L);
    nanos.addAndGet(1_000_000_000);
    assertThat(List.of(lines.take(), lines.take(), lines.take())).containsExactly(2L, 0L, -1L);
  }
}
