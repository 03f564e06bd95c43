package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.metadata.Metadata;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import io.grpc.Status;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is calling, with the tokens that the server signs.
class AuthenticationTest {
  private static final String IM = "/bilibili.im.interface.v1.ImInterface/";
  private static final String ADMIN = "/sixin.admin.v1.Admin/";
  private static final String METADATA = "x-bili-metadata-bin";
  private static final long ALICE = 1;
  private static final long BOB = 2;
  private static final long CAROL = 3;

  private static TestServer server;
  private static WireClient client;
  private static String alice;
  private static String bob;
  private static String carol;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.people(ALICE, BOB, CAROL);
    server.friends(ALICE, BOB);
    server.say(BOB, ALICE, "hello");
    client = new WireClient(server, Transport.HTTP2);
    alice = server.token(ALICE);
    bob = server.token(BOB);
    carol = server.token(CAROL);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// Asserts that a call with these headers is a user's: it may name that user and nobody else.
  private static void assertCaller(long uid, String... headers) {
    for (long other : new long[] {ALICE, BOB, CAROL}) {
      Answer answer = unread(other, headers);
      if (other == uid) {
        assertThat(answer.isOk()).as("as %d: %s", other, answer).isTrue();
      } else {
        answer.assertRefused(-403);
      }
    }
  }

  private static void assertNobody(String... headers) {
    unread(0, headers).assertRefused(Status.Code.UNAUTHENTICATED, -101);
  }

  private static Answer unread(long uid, String... headers) {
    byte[] frame = Frames.frame(ReqSingleUnread.newBuilder().setUid(uid).build());
    return client.call(IM + "SingleUnread", frame, headers);
  }

  private static String metadata(Metadata.Builder metadata) {
    return Base64.getEncoder().encodeToString(metadata.build().toByteArray());
  }

  private static String metadata(String accessKey) {
    return metadata(Metadata.newBuilder().setAccessKey(accessKey).setMobiApp("android"));
  }

  // --- the ways, and which of them counts

  @ParameterizedTest
  @ValueSource(strings = {"identify_v1 ", "Bearer ", "bearer ", "Identify_v1 ", "identify_v1  "})
  void tokenInTheAuthorizationHeader_saysWhoCalls(String scheme) {
    assertCaller(ALICE, "authorization", scheme + alice);
  }

  @Test
  void tokenInTheMetadata_saysWhoCalls() {
    assertCaller(ALICE, METADATA, metadata(alice));
  }

  @Test
  void identifyComesBeforeMetadata_andMetadataBeforeBearer() {
    String[] all = {
      "authorization",
      "Bearer " + carol,
      METADATA,
      metadata(bob),
      "authorization",
      "identify_v1 " + alice
    };
    assertCaller(ALICE, all);
    assertCaller(BOB, all[0], all[1], all[2], all[3]);
    assertCaller(CAROL, all[0], all[1]);
  }

  @Test
  void emptyTokens_fallThroughToTheNextWay() {
    String none = metadata("");
    assertCaller(BOB, "authorization", "identify_v1 ", METADATA, metadata(bob));
    assertCaller(CAROL, METADATA, none, "authorization", "Bearer " + carol);
    assertCaller(
        CAROL, "authorization", "identify_v1 ", METADATA, none, "authorization", "Bearer " + carol);
    assertNobody("authorization", "identify_v1 ", METADATA, none, "authorization", "Bearer ");
  }

  @Test
  void badToken_isNotMadeGoodByAnotherOneThatComesAfterIt() {
    assertNobody("authorization", "identify_v1 nonsense", METADATA, metadata(bob));
    assertNobody(METADATA, metadata("nonsense"), "authorization", "Bearer " + carol);
  }

  @Test
  void metadataWithoutPaddingInTheirBase64_areRead() {
    for (String channel : List.of("", "a", "ab", "abc")) {
      byte[] bytes =
          Metadata.newBuilder().setAccessKey(alice).setChannel(channel).build().toByteArray();
      assertCaller(ALICE, METADATA, Base64.getEncoder().withoutPadding().encodeToString(bytes));
      assertCaller(ALICE, METADATA, Base64.getEncoder().encodeToString(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%%%", "AAA", "CgVh"})
  void metadataThatAreNone_areABadRequest(String header) {
    unread(0, METADATA, header).assertRefused(-400);
    unread(0, METADATA, header, "authorization", "identify_v1 " + alice).assertRefused(-400);
  }

  @Test
  void callWithoutToken_isNobodys() {
    assertNobody();
    assertNobody("authorization", "");
    assertNobody("authorization", alice);
    assertNobody("authorization", "Basic " + alice);
    assertNobody("access_key", alice);
    assertNobody("cookie", "SESSDATA=" + alice);
  }

  @Test
  void refusalOfABadToken_canBeReadByGrpcLibraries() {
    TestServer.assertRefused(
        -101, () -> server.withToken("bad").singleUnread(ReqSingleUnread.getDefaultInstance()));
  }

  // --- which tokens are good

  @Test
  void tokenThatHasRunOut_isNobodys() {
    String shortLived =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(ALICE).setTtlSeconds(60).build())
            .getToken();
    server.clock.move(Duration.ofSeconds(59));
    assertCaller(ALICE, "authorization", "identify_v1 " + shortLived);

    server.clock.move(Duration.ofSeconds(1));

    assertNobody("authorization", "identify_v1 " + shortLived);
    assertNobody("authorization", "Bearer " + shortLived);
    assertNobody(METADATA, metadata(shortLived));
  }

  @Test
  void tokenWhoseClaimsWereChanged_isNobodys() {
    String[] parts = alice.split("\\.", 3);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
    String changed = claims.replace("\"sub\":\"1\"", "\"sub\":\"2\"");
    assertThat(changed).isNotEqualTo(claims);

    assertNobody("authorization", "identify_v1 " + jwt(parts[0], base64(changed), parts[2]));
  }

  @Test
  void tokenWithAnotherSignature_isNobodys() {
    String[] parts = alice.split("\\.", 3);
    String[] others = bob.split("\\.", 3);

    assertNobody("authorization", "identify_v1 " + jwt(parts[0], parts[1], others[2]));
    assertNobody("authorization", "identify_v1 " + jwt(parts[0], parts[1], ""));
    assertNobody("authorization", "identify_v1 " + parts[0] + "." + parts[1]);
  }

  @Test
  void tokenThatSaysItNeedsNoSignature_isNobodys() {
    String[] parts = alice.split("\\.", 3);
    for (String algorithm : List.of("none", "None", "NONE", "nOnE", "")) {
      String header = base64("{\"alg\":\"" + algorithm + "\"}");
      assertNobody("authorization", "identify_v1 " + jwt(header, parts[1], ""));
      assertNobody("authorization", "identify_v1 " + jwt(header, parts[1], parts[2]));
    }
  }

  @Test
  void tokenSignedWithAnotherKey_isNobodys() throws JOSEException {
    byte[] key = new byte[32];
    assertNobody("authorization", "identify_v1 " + signed(new MACSigner(key), JWSAlgorithm.HS256));
    assertNobody(
        "authorization", "identify_v1 " + signed(new MACSigner(new byte[64]), JWSAlgorithm.HS512));
    try (TestServer other = TestServer.start()) {
      assertNobody("authorization", "identify_v1 " + other.token(ALICE));
    }
  }

  private static String signed(JWSSigner signer, JWSAlgorithm algorithm) throws JOSEException {
    Date end = Date.from(server.clock.instant().plus(Duration.ofDays(1)));
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer("sixin")
            .subject("1")
            .expirationTime(end)
            .claim("iat_us", server.clock.instant().toEpochMilli() * 1_000)
            .build();
    SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.bnVsbA",
        "W10.W10.W10",
        "eyJhbGciOjF9.e30.AA",
        "eyJhbGciOm51bGx9.e30.AA",
        "null",
        "0",
        "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdfQ.e30.AA"
      })
  void textThatIsNoToken_isNobodys(String token) {
    assertNobody("authorization", "identify_v1 " + token);
    assertNobody("authorization", "Bearer " + token);
    assertNobody(METADATA, metadata(token));
  }

  private static String jwt(String header, String claims, String signature) {
    return header + "." + claims + "." + signature;
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void revocation_makesAllTokensOfTheUserWorthlessAtOnce_andNoOthers() {
    server.people(50, 51);
    List<String> tokens = List.of(server.token(50), server.token(50));
    String another = server.token(51);
    tokens.forEach(
        token -> assertThat(unread(50, "authorization", "Bearer " + token).isOk()).isTrue());

    server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(50).build());

    tokens.forEach(token -> assertNobody("authorization", "Bearer " + token));
    assertThat(unread(51, "authorization", "Bearer " + another).isOk()).isTrue();
    server.restart();
    client.close();
    client = new WireClient(server, Transport.HTTP2);
    tokens.forEach(token -> assertNobody("authorization", "Bearer " + token));
  }

  @Test
  void tokenIssuedAfterARevocation_isGood_evenWhenTheClockStandsOrStepsBack() {
    server.people(60);
    server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(60).build());
    assertThat(unread(60, "authorization", "Bearer " + server.token(60)).isOk()).isTrue();

    server.clock.move(Duration.ofHours(-1));
    server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(60).build());
    String token = server.token(60);
    assertThat(unread(60, "authorization", "Bearer " + token).isOk()).isTrue();

    server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(60).build());
    assertNobody("authorization", "Bearer " + token);
    server.clock.move(Duration.ofHours(1));
  }

  @Test
  void tokenOfTheLargestUid_saysWhoCalls() {
    server.people(-1);
    assertThat(unread(-1, "authorization", "Bearer " + server.token(-1)).isOk()).isTrue();
  }

  // --- users and the site

  @Test
  void userCalls_areNotForTheSite() {
    assertNobody("authorization", "Bearer " + server.adminToken());
    assertNobody("authorization", "identify_v1 " + server.adminToken());
    assertNobody(METADATA, metadata(server.adminToken()));
  }

  @Test
  void adminCalls_areForTheSiteOnly() {
    byte[] frame = Frames.frame(IssueTokenRequest.newBuilder().setUid(ALICE).build());
    String path = ADMIN + "IssueToken";
    String right = server.adminToken();
    String wrong = right.substring(1) + (right.endsWith("0") ? "1" : "0");

    for (String[] headers :
        new String[][] {
          {},
          {"authorization", "Bearer "},
          {"authorization", "Bearer " + alice},
          {"authorization", "identify_v1 " + alice},
          {"authorization", "identify_v1 " + right},
          {"authorization", "Bearer " + wrong},
          {"authorization", "Bearer " + right.substring(1)},
          {"authorization", right},
          {METADATA, metadata(right)}
        }) {
      client.call(path, frame, headers).assertRefused(Status.Code.UNAUTHENTICATED, -101);
    }
    assertThat(client.call(path, frame, "authorization", "Bearer " + right).isOk()).isTrue();
  }

  // --- what else the headers say

  @Test
  void device_isTheTokens_elseTheBuvid_elseNone() {
    String tablet =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(ALICE).setDevice("tablet").build())
            .getToken();
    String buvid = metadata(Metadata.newBuilder().setBuvid("XY-buvid"));

    assertThat(devicesAddedBy("authorization", "Bearer " + tablet, METADATA, buvid))
        .containsExactly("tablet");
    assertThat(devicesAddedBy("authorization", "Bearer " + alice, METADATA, buvid))
        .containsExactly("XY-buvid");
    assertThat(devicesAddedBy("authorization", "Bearer " + alice)).containsExactly("");
  }

  /// The names of the devices under which a SyncAck with these headers is stored.
  private static Set<String> devicesAddedBy(String... headers) {
    Set<String> before = StoreRows.of(server).keySet();
    byte[] frame = Frames.frame(ReqSyncAck.newBuilder().setClientSeqno(-1).build());
    assertThat(client.call(IM + "SyncAck", frame, headers).isOk()).isTrue();
    Set<String> added = new TreeSet<>(StoreRows.of(server).keySet());
    added.removeAll(before);
    Set<String> names = new TreeSet<>();
    for (String key : added) {
      String rowsOfAlice = "0000000000000001" + "05"; // her number, then the kind: a device
      assertThat(key).startsWith("inbox/").contains(rowsOfAlice);
      String name = key.substring(key.indexOf(rowsOfAlice) + rowsOfAlice.length());
      names.add(new String(HexFormat.of().parseHex(name), UTF_8));
    }
    return names;
  }

  @ParameterizedTest
  @CsvSource({
    "iphone, ios, EN_MSG_SOURCE_IOS",
    "ipad, '', EN_MSG_SOURCE_IOS",
    "iphone_i, '', EN_MSG_SOURCE_IOS",
    "'', ios, EN_MSG_SOURCE_IOS",
    "android, android, EN_MSG_SOURCE_ANDRIOD",
    "android_hd, '', EN_MSG_SOURCE_ANDRIOD",
    "'', Android, EN_MSG_SOURCE_ANDRIOD",
    "'', h5, EN_MSG_SOURCE_H5",
    "pc_electron, '', EN_MSG_SOURCE_PC",
    "win, windows, EN_MSG_SOURCE_PC",
    "mac, '', EN_MSG_SOURCE_PC",
    "web, web, EN_MSG_SOURCE_WEB",
    "'', '', EN_MSG_SOURCE_WEB"
  })
  void source_isWhatTheAppAndPlatformSay(String mobiApp, String platform, MsgSource source) {
    Metadata.Builder metadata = Metadata.newBuilder().setMobiApp(mobiApp).setPlatform(platform);
    assertThat(sourceOfMessage(MsgSource.EN_MSG_SOURCE_UNKONW, METADATA, metadata(metadata)))
        .isEqualTo(source);
  }

  @ParameterizedTest
  @CsvSource({
    "EN_MSG_SOURCE_IOS, EN_MSG_SOURCE_IOS",
    "EN_MSG_SOURCE_PC, EN_MSG_SOURCE_PC",
    "EN_MSG_SOURCE_WEB, EN_MSG_SOURCE_WEB",
    "EN_MSG_SOURCE_BACKSTAGE, EN_MSG_SOURCE_ANDRIOD",
    "EN_MSG_SOURCE_AUTOREPLY_BY_KEYWORDS, EN_MSG_SOURCE_ANDRIOD"
  })
  void source_isTheMessagesOwnIfAClientMaySaySo(MsgSource said, MsgSource stored) {
    String android = metadata(Metadata.newBuilder().setMobiApp("android"));
    assertThat(sourceOfMessage(said, METADATA, android)).isEqualTo(stored);
  }

  private static MsgSource sourceOfMessage(MsgSource said, String... headers) {
    Msg.Builder msg = TestServer.text(BOB, "hi").setMsgSource(said);
    byte[] frame = Frames.frame(ReqSendMsg.newBuilder().setMsg(msg).build());
    String[] all =
        List.of(headers[0], headers[1], "authorization", "Bearer " + alice).toArray(String[]::new);
    assertThat(client.call(IM + "SendMsg", frame, all).isOk()).isTrue();
    return server.history(BOB, ALICE).getLast().getMsgSource();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 账号未登录",
        "zh-CN | 账号未登录",
        "zh-CN,en;q=0.9 | 账号未登录",
        "en;q=0.5,zh;q=0.9 | 账号未登录",
        "fr | 账号未登录",
        "* | 账号未登录",
        "nonsense;;; | 账号未登录",
        "en | Not signed in",
        "en-US,en;q=0.9 | Not signed in",
        "en;q=0.9,zh;q=0.5 | Not signed in",
        "fr,en;q=0.3 | Not signed in"
      })
  void errors_speakTheLanguageThatIsPreferred_chineseFirst(String accepted, String message) {
    Answer answer = unread(0, "accept-language", accepted);
    assertThat(answer.error().getMessage()).isEqualTo(message);
  }

  @Test
  void errors_areInChineseWhenNoLanguageIsNamed() {
    assertThat(unread(0).error().getMessage()).isEqualTo("账号未登录");
  }
}
