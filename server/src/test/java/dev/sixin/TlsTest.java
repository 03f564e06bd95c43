package dev.sixin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSendMsg;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS: what it carries, and certificates that change while the server runs.
class TlsTest {
  private static final TempDirectory DIRECTORY = new TempDirectory();
  private static final Path CERTIFICATE = DIRECTORY.path().resolve("cert.pem");
  private static final Path KEY = DIRECTORY.path().resolve("key.pem");
  private static final Pem FIRST = Pem.make();
  private static final Pem SECOND = Pem.make();

  private static TestServer server;
  private static Logged logged;

  @BeforeAll
  static void start() {
    FIRST.writeTo(CERTIFICATE, KEY);
    logged = new Logged();
    server =
        TestServer.start(
            "--tls-cert=" + CERTIFICATE, "--tls-key=" + KEY, "--plain-port=0", "--idle-timeout=2");
    server.people(1, 2);
    server.friends(1, 2);
  }

  @AfterAll
  static void stop() {
    server.close();
    logged.close();
    DIRECTORY.close();
  }

  @BeforeEach
  void showTheFirst() {
    FIRST.writeTo(CERTIFICATE, KEY);
    awaitShown(FIRST);
  }

  private static void awaitShown(Pem pem) {
    Await.until("the server shows the certificate", () -> pem.parsed().equals(shown()));
  }

  /// The certificate that a new connection is shown; null if it changed just then.
  private static X509Certificate shown() throws IOException {
    for (Pem pem : new Pem[] {FIRST, SECOND}) {
      try (SSLSocket socket = connect(pem)) {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      } catch (javax.net.ssl.SSLHandshakeException e) {
        // shows another
      }
    }
    return null;
  }

  /// A connection that trusts one certificate and takes HTTP/2 or HTTP/1.1.
  private static SSLSocket connect(Pem trusted) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("it", trusted.parsed());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), new SecureRandom());
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.mainPort());
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      try {
        socket.startHandshake();
      } catch (IOException e) {
        socket.close();
        throw e;
      }
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ClientFactory trusting(Pem pem) {
    return ClientFactory.builder().tlsCustomizer(tls -> tls.trustManager(pem.parsed())).build();
  }

  private static ImInterfaceBlockingStub as(long uid, ClientFactory connections) {
    return GrpcClients.builder("gproto+https://127.0.0.1:" + server.mainPort())
        .factory(connections)
        .setHeader("authorization", "identify_v1 " + server.token(uid))
        .build(ImInterfaceBlockingStub.class);
  }

  @Test
  void gRpc_goesOverTls() {
    try (ClientFactory connections = trusting(FIRST)) {
      long key =
          as(1, connections)
              .sendMsg(ReqSendMsg.newBuilder().setMsg(TestServer.text(2, "over TLS")).build())
              .getMsgKey();

      assertThat(server.history(2, 1)).last().extracting("msgKey_").isEqualTo(key);
    }
  }

  @Test
  void theAdminAddress_speaksTlsToo() {
    try (TestServer other =
            TestServer.start("--tls-cert=" + CERTIFICATE, "--tls-key=" + KEY, "--admin-port=0");
        ClientFactory connections = trusting(FIRST)) {
      AdminBlockingStub admin =
          GrpcClients.builder("gproto+https://127.0.0.1:" + other.adminPort())
              .factory(connections)
              .setHeader("authorization", "Bearer " + other.adminToken())
              .build(AdminBlockingStub.class);

      assertThat(admin.issueToken(IssueTokenRequest.newBuilder().setUid(1).build()).getToken())
          .isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"h1, HTTP/1.1", "h2, HTTP/2"})
  void theWebDialect_goesOverTls_withBothVersionsOfHttp(String protocol, String name) {
    try (ClientFactory connections = trusting(FIRST)) {
      WebClient client =
          WebClient.builder(protocol + "://127.0.0.1:" + server.mainPort())
              .factory(connections)
              .build();
      AggregatedHttpResponse answer =
          client
              .execute(
                  RequestHeaders.of(
                      HttpMethod.GET,
                      "/x/web-interface/nav",
                      "cookie",
                      "SESSDATA=" + server.token(1)))
              .aggregate()
              .join();

      assertThat(answer.contentUtf8()).as(name).startsWith("{\"code\":0,");
    }
  }

  @Test
  void whoOffersBoth_speaksHttp2() throws IOException {
    try (SSLSocket socket = connect(FIRST)) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      assertThat(socket.getSession().getProtocol()).isIn("TLSv1.3", "TLSv1.2");
    }
  }

  /// The greeting of a client that knows nothing newer, by hand: ours no longer can.
  @ParameterizedTest
  @CsvSource({"1.0, 0301", "1.1, 0302"})
  void olderVersionsOfTls_areRefused(String name, String version) throws IOException {
    String hello = version + "00".repeat(32) + "00" + "0004c013002f" + "0100";
    String greeting =
        "16"
            + "0301"
            + "%04x".formatted(4 + hello.length() / 2)
            + "01"
            + "%06x".formatted(hello.length() / 2)
            + hello;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.mainPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(HexFormat.of().parseHex(greeting));
      byte[] answer = socket.getInputStream().readAllBytes();

      assertThat(HexFormat.of().formatHex(answer))
          .as("TLS %s: a fatal alert, protocol_version", name)
          .startsWith("15")
          .endsWith("0246");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "16030100c8010000c40303"})
  void whoDoesNotGreet_orNotWhole_isCutOff(String beginning) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.mainPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(HexFormat.of().parseHex(beginning));

      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(16); // an alert at most
    }
  }

  @Test
  void cleartextAtThePortOfTls_isNotAnswered() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.mainPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));

      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .doesNotContain("HTTP/");
    }
  }

  @Test
  void aNewPair_isShownToNewConnections_andOldOnesGoOn() {
    try (ClientFactory before = trusting(FIRST);
        ClientFactory after = trusting(SECOND)) {
      ImInterfaceBlockingStub client = as(1, before);
      var _ = client.getSessions(ReqGetSessions.getDefaultInstance());

      SECOND.writeTo(CERTIFICATE, KEY);
      awaitShown(SECOND);

      var _ = client.getSessions(ReqGetSessions.getDefaultInstance());
      var _ = as(1, after).getSessions(ReqGetSessions.getDefaultInstance());
    }
  }

  @Test
  void whatIsNoPair_isPassedOver_withALineInTheLog() throws IOException {
    assertPassedOver("is not its key", () -> Files.writeString(KEY, SECOND.key()));
    FIRST.writeTo(CERTIFICATE, KEY);
    assertPassedOver("not a certificate", () -> Files.writeString(CERTIFICATE, "nothing"));
    FIRST.writeTo(CERTIFICATE, KEY);
    assertPassedOver(
        "not a certificate",
        () -> Files.writeString(KEY, FIRST.key().substring(0, FIRST.key().length() / 2)));
    FIRST.writeTo(CERTIFICATE, KEY);
    assertPassedOver("no such file", () -> Files.delete(KEY));
    FIRST.writeTo(CERTIFICATE, KEY);
    assertPassedOver(
        "good from 2020-01-01T",
        () -> Pem.make("2020/01/01 00:00:00", 30).writeTo(CERTIFICATE, KEY));

    SECOND.writeTo(CERTIFICATE, KEY);
    awaitShown(SECOND);
  }

  @FunctionalInterface
  private interface Change {
    void make() throws IOException;
  }

  private static void assertPassedOver(String why, Change change) throws IOException {
    logged.clear();
    change.make();
    Await.until("a line says: " + why, () -> logged.has(why));
    assertThat(logged.has("the certificate before it goes on")).isTrue();
    assertThat(shown()).isEqualTo(FIRST.parsed());
  }

  @Test
  void aServer_doesNotStartWithoutAPair() throws IOException {
    Path none = DIRECTORY.path().resolve("none.pem");
    Path otherKey = Files.writeString(DIRECTORY.path().resolve("other.pem"), SECOND.key());

    assertNoStart("no such file", "--tls-cert=" + CERTIFICATE, "--tls-key=" + none);
    assertNoStart("is not its key", "--tls-cert=" + CERTIFICATE, "--tls-key=" + otherKey);
    assertNoStart("not a certificate", "--tls-cert=" + KEY, "--tls-key=" + KEY);
    assertNoStart("only one is given", "--tls-cert=" + CERTIFICATE);
    assertNoStart("only one is given", "--tls-key=" + KEY);
    assertNoStart("there is no --tls-cert", "--plain-port=0");
    assertNoStart("needs --admin-port", "--admin-host=127.0.0.1");
  }

  private static void assertNoStart(String why, String... options) {
    assertThatThrownBy(() -> TestServer.start(options).close())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(why);
  }
}
