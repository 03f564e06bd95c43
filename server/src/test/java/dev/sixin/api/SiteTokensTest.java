package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.proto.im.ReqSingleUnread;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens that the site signs itself.
class SiteTokensTest {
  private static final String UNREAD = "/bilibili.im.interface.v1.ImInterface/SingleUnread";
  private static final String ISSUER = "https://site.example";
  private static final String AUDIENCE = "messages";
  private static final long ALICE = 1;

  @TempDir private static Path directory;
  private static RSAKey rsa;
  private static ECKey ec;
  private static RSAKey stranger;
  private static TestServer server;
  private static WireClient client;

  @BeforeAll
  static void start() throws JOSEException, IOException {
    rsa = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
    stranger = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
    Path jwks = directory.resolve("jwks.json");
    Files.writeString(jwks, published(rsa, ec));
    server =
        TestServer.start(
            "--jwt-issuer=" + ISSUER,
            "--jwt-jwks=" + jwks,
            "--jwt-audience=" + AUDIENCE,
            "--jwt-uid-claim=mid");
    server.people(ALICE);
    client = new WireClient(server, Transport.HTTP2);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// The JWK set of what others may know of these keys.
  private static String published(JWK... keys) {
    return new JWKSet(List.of(keys)).toPublicJWKSet().toString();
  }

  /// Claims as they should be, of a token issued now for an hour.
  private static JWTClaimsSet.Builder claims() {
    Instant now = server.clock.instant();
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(Duration.ofHours(1))))
        .claim("mid", Long.toUnsignedString(ALICE));
  }

  private static String sign(RSAKey key, JWTClaimsSet.Builder claims) throws JOSEException {
    return sign(JWSAlgorithm.RS256, key.getKeyID(), new RSASSASigner(key), claims);
  }

  private static String sign(
      JWSAlgorithm algorithm, String keyId, JWSSigner signer, JWTClaimsSet.Builder claims)
      throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims.build());
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static void assertGood(String token) {
    assertThat(call(client, ALICE, token).isOk()).isTrue();
    call(client, ALICE + 1, token).assertRefused(-403);
  }

  private static void assertBad(String token) {
    call(client, 0, token).assertRefused(Status.Code.UNAUTHENTICATED, -101);
  }

  private static Answer call(WireClient client, long uid, String token) {
    return client.call(
        UNREAD,
        Frames.frame(ReqSingleUnread.newBuilder().setUid(uid).build()),
        "authorization",
        "identify_v1 " + token);
  }

  @Test
  void tokensOfEachPublishedKey_sayWhoCalls() throws JOSEException {
    assertGood(sign(rsa, claims()));
    assertGood(sign(JWSAlgorithm.PS512, "rsa-1", new RSASSASigner(rsa), claims()));
    assertGood(sign(JWSAlgorithm.ES256, "ec-1", new ECDSASigner(ec), claims()));
    assertGood(sign(JWSAlgorithm.RS256, null, new RSASSASigner(rsa), claims()));
  }

  @Test
  void uidClaim_mayBeANumberOrItsDigits() throws JOSEException {
    assertGood(sign(rsa, claims().claim("mid", ALICE)));
    assertGood(sign(rsa, claims().claim("mid", "1")));
    String largest = sign(rsa, claims().claim("mid", "18446744073709551615"));
    assertThat(call(client, -1, largest).isOk()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.0", "alice", "18446744073709551616", " 1"})
  void uidClaimThatIsNoUid_isRefused(String uid) throws JOSEException {
    assertBad(sign(rsa, claims().claim("mid", uid)));
  }

  @Test
  void claimsThatAreMissingOrNotOurs_areRefused() throws JOSEException {
    Instant now = server.clock.instant();
    assertBad(sign(rsa, claims().claim("mid", null).subject("1")));
    assertBad(sign(rsa, claims().claim("mid", List.of("1"))));
    assertBad(sign(rsa, claims().issuer("https://other.example")));
    assertBad(sign(rsa, claims().issuer(null)));
    assertBad(sign(rsa, claims().audience("another")));
    assertBad(sign(rsa, claims().audience((String) null)));
    assertBad(sign(rsa, claims().expirationTime(null)));
    assertBad(sign(rsa, claims().issueTime(null)));
    assertBad(sign(rsa, claims().notBeforeTime(Date.from(now.plus(Duration.ofHours(1))))));
  }

  @Test
  void audience_mayBeOneOfSeveral() throws JOSEException {
    assertGood(sign(rsa, claims().audience(List.of("another", AUDIENCE))));
  }

  @Test
  void deviceClaimThatIsNoName_isIgnored() throws JOSEException {
    assertGood(sign(rsa, claims().claim("device", List.of("a", "b"))));
    assertGood(sign(rsa, claims().claim("device", "tablet")));
  }

  @Test
  void tokenThatHasRunOut_isRefused_byTheServersClock() throws JOSEException {
    String token = sign(rsa, claims());
    assertGood(token);
    String fresh = sign(rsa, claims().jwtID("not seen while it was good"));

    server.clock.move(Duration.ofHours(1));

    assertBad(token);
    assertBad(fresh);
  }

  @Test
  void tokenThatNobodySigned_isRefused() {
    assertBad(new PlainJWT(claims().build()).serialize());
  }

  @Test
  void tokenOfAnotherKey_isRefused() throws JOSEException {
    assertBad(sign(stranger, claims()));
    assertBad(sign(JWSAlgorithm.RS256, "rsa-2", new RSASSASigner(stranger), claims()));
    assertBad(sign(JWSAlgorithm.RS256, null, new RSASSASigner(stranger), claims()));
    assertBad(sign(JWSAlgorithm.RS256, "rsa-2", new RSASSASigner(rsa), claims()));
  }

  @Test
  void tokenThatBringsItsOwnKey_isRefused() throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(stranger.toPublicJWK()).build(),
            claims().build());
    jwt.sign(new RSASSASigner(stranger));
    assertBad(jwt.serialize());
  }

  @Test
  void tokenSignedWithThePublicKeyAsIfItWereASecret_isRefused() throws JOSEException {
    byte[] der = rsa.toRSAPublicKey().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    for (byte[] secret :
        List.of(
            der,
            pem.getBytes(StandardCharsets.US_ASCII),
            rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
      for (String keyId : new String[] {"rsa-1", null}) {
        assertBad(sign(JWSAlgorithm.HS256, keyId, new MACSigner(secret), claims()));
      }
    }
  }

  @Test
  void tokenWhoseClaimsWereChanged_isRefused() throws JOSEException {
    String[] parts = sign(rsa, claims()).split("\\.", 3);
    String[] others = sign(rsa, claims().claim("mid", "2")).split("\\.", 3);
    assertBad(parts[0] + "." + others[1] + "." + parts[2]);
  }

  @Test
  void revocation_holdsForTheSitesTokensToo() throws JOSEException {
    String before = sign(rsa, claims());
    assertGood(before);

    server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(ALICE).build());

    assertBad(before);
    server.clock.move(Duration.ofSeconds(1));
    assertGood(sign(rsa, claims()));
  }

  @Test
  void serversOwnTokens_areGoodBesideTheSites() {
    assertGood(server.token(ALICE));
  }

  @Test
  void serverWithoutSiteTokens_takesNone() throws JOSEException {
    try (TestServer plain = TestServer.start();
        WireClient other = new WireClient(plain, Transport.HTTP2)) {
      call(other, 0, sign(rsa, claims())).assertRefused(Status.Code.UNAUTHENTICATED, -101);
    }
  }

  @Test
  void keysBehindAUrl_areFetched_andAgainWhenATokenNamesANewOne() throws JOSEException {
    try (Site site = new Site(published(ec));
        TestServer fetching = site.server();
        WireClient other = new WireClient(fetching, Transport.HTTP2)) {
      String first = sign(JWSAlgorithm.ES256, "ec-1", new ECDSASigner(ec), claims());
      assertThat(call(other, ALICE, first).isOk()).isTrue();

      site.jwks = published(ec, rsa);

      assertThat(call(other, ALICE, sign(rsa, claims())).isOk()).isTrue();
      assertThat(site.fetched.get()).isEqualTo(2);
    }
  }

  @Test
  void tokensOfUnknownKeys_doNotMakeTheServerFetchWithoutEnd() throws JOSEException {
    try (Site site = new Site(published(ec));
        TestServer fetching = site.server();
        WireClient other = new WireClient(fetching, Transport.HTTP2)) {
      for (int i = 0; i < 50; i++) {
        String token = sign(JWSAlgorithm.RS256, "rsa-" + i, new RSASSASigner(stranger), claims());
        call(other, 0, token).assertRefused(Status.Code.UNAUTHENTICATED, -101);
      }
      assertThat(site.fetched.get()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void keysThatCanNotBeFetched_costTheSitesTokensOnly_andOnlyUntilTheyCan() throws JOSEException {
    try (Site site = new Site(null);
        TestServer fetching = site.server();
        WireClient other = new WireClient(fetching, Transport.HTTP2)) {
      String token = sign(rsa, claims());
      call(other, 0, token).assertRefused(Status.Code.UNAUTHENTICATED, -101);
      assertThat(call(other, ALICE, fetching.token(ALICE)).isOk()).isTrue();

      site.jwks = published(rsa);

      assertThat(call(other, ALICE, token).isOk()).isTrue();
      site.jwks = null;
      String another = sign(rsa, claims().jwtID("not seen before"));
      assertThat(call(other, ALICE, another).isOk()).isTrue();
    }
  }

  /// A site that publishes its keys; without any, its page is broken.
  private static final class Site implements AutoCloseable {
    final AtomicInteger fetched = new AtomicInteger();
    volatile String jwks;
    private final Server http;

    Site(String jwks) {
      this.jwks = jwks;
      http = Server.builder().http(0).service("/jwks.json", (_, _) -> answer()).build();
      http.start().join();
    }

    private HttpResponse answer() {
      fetched.incrementAndGet();
      return jwks == null
          ? HttpResponse.of(HttpStatus.INTERNAL_SERVER_ERROR)
          : HttpResponse.of(HttpStatus.OK, MediaType.JSON, jwks);
    }

    TestServer server() {
      return TestServer.start(
          "--jwt-issuer=" + ISSUER,
          "--jwt-jwks=http://127.0.0.1:" + http.activeLocalPort() + "/jwks.json",
          "--jwt-uid-claim=mid");
    }

    @Override
    public void close() {
      http.stop().join();
    }
  }
}
