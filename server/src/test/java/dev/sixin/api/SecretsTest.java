package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sixin.Logged;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.metadata.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is logged, at any level, while people sign in in every way, with good and bad tokens: no
/// secret, no part of one, and nothing that anybody says.
class SecretsTest {
  private static final String IM = "/bilibili.im.interface.v1.ImInterface/SendMsg";
  private static final String ADMIN = "/sixin.admin.v1.Admin/IssueToken";
  private static final String SEND = "/web_im/v1/web_im/send_msg";
  private static final String TEXT = "what-only-two-should-know";
  private static final String CSRF = "the-secret-of-a-browser";
  private static final String GARBAGE = "no-token-but-maybe-a-password";
  private static final String FORM = "application/x-www-form-urlencoded";

  @TempDir private Path directory;

  private TestServer server;

  @Test
  void noSecret_isEverLogged() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("k").generate();
    Path jwks =
        Files.writeString(
            directory.resolve("jwks.json"), new JWKSet(List.of(key)).toPublicJWKSet().toString());
    List<String> secrets = new ArrayList<>(List.of(TEXT, CSRF, GARBAGE));
    try (Logged logged = Logged.everything()) {
      server = TestServer.start("--jwt-issuer=https://site.example", "--jwt-jwks=" + jwks);
      server.people(1, 2, 3);
      server.friends(1, 2);
      secrets.add(server.adminToken());
      secrets.add(Files.readString(server.data().resolve("token.key")).strip());
      List<String> tokens = tokens(key);
      secrets.addAll(tokens);
      for (boolean http2 : new boolean[] {false, true}) {
        for (String token : tokens) {
          useAsUser(http2, token);
          useAsSite(http2, token);
        }
        useAsSite(http2, server.adminToken());
        useAsUser(http2, server.adminToken());
      }
      server.close();

      assertThat(logged.lines()).as("something is logged at these levels").isNotEmpty();
      for (String secret : secrets) {
        for (String part : secret.split("[.]", -1)) {
          assertThat(logged.lines().filter(line -> line.contains(part)))
              .as("lines with %s", part)
              .isEmpty();
        }
      }
    }
  }

  /// Good ones, and such as are not: expired, revoked, tampered with, never one at all.
  private List<String> tokens(RSAKey key) throws JOSEException {
    String good = server.token(1);
    String expired =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(2).setTtlSeconds(1).build())
            .getToken();
    server.clock.move(Duration.ofSeconds(2));
    String revoked = server.token(3);
    var _ = server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(3).build());
    SignedJWT ofSite =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(),
            new JWTClaimsSet.Builder()
                .issuer("https://site.example")
                .subject("1")
                .issueTime(Date.from(server.clock.instant()))
                .expirationTime(Date.from(server.clock.instant().plusSeconds(600)))
                .build());
    ofSite.sign(new RSASSASigner(key));
    String tampered = good.substring(0, good.length() - 4) + "AAAA";
    return List.of(good, expired, revoked, tampered, ofSite.serialize(), GARBAGE);
  }

  private void useAsUser(boolean http2, String token) throws IOException {
    byte[] frame = Frames.frame(ReqSendMsg.newBuilder().setMsg(TestServer.text(2, TEXT)).build());
    String metadata =
        Base64.getEncoder()
            .encodeToString(Metadata.newBuilder().setAccessKey(token).build().toByteArray());
    for (String type : new String[] {"application/grpc", "application/grpc-web+proto"}) {
      call(http2, IM, frame, type, "authorization", "identify_v1 " + token);
      call(http2, IM, frame, type, "authorization", "Bearer " + token);
      call(http2, IM, frame, type, "authorization", token);
      call(http2, IM, frame, type, "x-bili-metadata-bin", metadata);
    }
    String fields =
        "msg[receiver_id]=2&msg[receiver_type]=1&msg[msg_type]=1&msg[content]={\"content\":\"%s\"}"
            .formatted(TEXT);
    byte[] form = (fields + "&csrf=" + CSRF).getBytes(UTF_8);
    String cookies = "SESSDATA=" + token + "; bili_jct=";
    call(http2, SEND, form, FORM, "authorization", "Bearer " + token);
    call(http2, SEND, form, FORM, "cookie", cookies + CSRF);
    call(http2, SEND, form, FORM, "cookie", cookies + "another");
    call(http2, SEND + "?" + fields, form, "text/plain", "cookie", cookies + CSRF);
    call(http2, SEND, (fields + "&" + fields).getBytes(UTF_8), FORM, "cookie", cookies + CSRF);
    call(http2, "/x/im/upload", form, FORM, "cookie", cookies + CSRF, "x-csrf-token", CSRF);
    call(http2, "/nothing/" + TEXT, form, FORM, "cookie", cookies + CSRF);
  }

  private void useAsSite(boolean http2, String token) {
    byte[] frame = Frames.frame(IssueTokenRequest.newBuilder().setUid(1).build());
    call(http2, ADMIN, frame, "application/grpc", "authorization", "Bearer " + token);
    byte[] json = "{\"uid\": 1, \"ttl_seconds\": \"%s\"}".formatted(TEXT).getBytes(UTF_8);
    call(http2, "/admin/v1/issue_token", json, "application/json", "authorization", token);
    call(
        http2,
        "/admin/v1/issue_token",
        json,
        "application/json",
        "authorization",
        "Bearer " + token);
  }

  private void call(boolean http2, String path, byte[] body, String type, String... headers) {
    List<String> all = new ArrayList<>(List.of("content-type", type));
    all.addAll(List.of(headers));
    try (HttpConnection connection =
        http2 ? new Http2Connection(server.port()) : new Http1Connection(server.port())) {
      assertThat(connection.request("POST", path, body, all)).isNotNull();
    }
  }
}
