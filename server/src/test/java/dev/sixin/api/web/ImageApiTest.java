package dev.sixin.api.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.api.docs.Description;
import dev.sixin.image.Images;
import dev.sixin.image.Pictures;
import dev.sixin.proto.type.MsgType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Uploading pictures and getting them back.
class ImageApiTest {
  private static final TestServer server = TestServer.start("--upload-burst=0");
  private static final WebClient web = client(server, Version.HTTP_1_1);
  private static final String BOUNDARY = "xXxXx";
  private static final byte[] PNG = Pictures.drawn("png", 30, 20);

  @AfterAll
  static void stop() {
    server.close();
  }

  private static WebClient client(TestServer to, Version version) {
    return WebClient.of(to, version).with("accept-language", "en");
  }

  // --- what is sent

  private static byte[] join(Object... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object part : parts) {
      bytes.writeBytes(part instanceof byte[] raw ? raw : ((String) part).getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] file(String filename, byte[] content) {
    String head =
        String.join(
            "\r\n",
            "--%s",
            "content-disposition: form-data; name=\"file\"; filename=\"%s\"",
            "content-type: application/octet-stream",
            "",
            "");
    return join(head.formatted(BOUNDARY, filename), content, "\r\n");
  }

  private static byte[] field(String name, String value) {
    String part = "--%s\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
    return part.formatted(BOUNDARY, name, value).getBytes(UTF_8);
  }

  private static byte[] form(byte[]... parts) {
    return join(join((Object[]) parts), "--" + BOUNDARY + "--\r\n");
  }

  private static WebAnswer post(WebClient to, String token, String type, byte[] body) {
    return to.with("authorization", "identify_v1 " + token)
        .with("content-type", type)
        .send("POST", "/x/im/upload", body);
  }

  private static WebAnswer post(WebClient to, byte[] form) {
    String token = to.server().token(Person.on(to.server()).uid());
    return post(to, token, "multipart/form-data; boundary=" + BOUNDARY, form);
  }

  private static WebAnswer upload(byte[] picture) {
    return upload(web, picture);
  }

  private static WebAnswer upload(WebClient to, byte[] picture) {
    return post(to, form(file("picture", picture)));
  }

  private static String pathOf(WebAnswer reply) {
    return URI.create(reply.json().at("/data/url").textValue()).getPath();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// All files that are there, also those that are being received.
  private static List<Path> files(TestServer of) {
    try (Stream<Path> files = Files.walk(of.data().resolve("images"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // --- what becomes of a picture

  @ParameterizedTest
  @CsvSource({"HTTP_1_1, 5", "HTTP_2, 6"})
  void upload_answersWhatAPictureMessageNeeds(Version version, int height) {
    byte[] picture = Pictures.drawn("png", 300, height);
    WebClient client = client(server, version);
    WebAnswer reply = post(client, form(file("a.png", picture)));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text())
        .isEqualTo(
            "{\"code\":0,\"msg\":\"0\",\"message\":\"0\",\"ttl\":1,\"data\":{"
                + "\"url\":\"http://127.0.0.1:%d/x/im/image/%s.png\",\"width\":300,\"height\":%d,"
                    .formatted(server.port(), sha256(picture), height)
                + "\"imageType\":\"png\",\"size\":%s}}\n"
                    .formatted(Math.ceil(picture.length / 10.24) / 100));
  }

  @ParameterizedTest
  @CsvSource({"png, image/png", "jpeg, image/jpeg", "gif, image/gif"})
  void picture_comesBackAsItWas(String format, String contentType) {
    byte[] picture = Pictures.drawn(format, 64, 48);

    WebAnswer stored = upload(picture);
    WebAnswer reply = web.get(pathOf(stored));

    assertThat(stored.json().at("/data/imageType").textValue()).isEqualTo(format);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.bytes()).isEqualTo(picture);
    assertThat(reply.header("content-type")).isEqualTo(contentType);
    assertThat(reply.header("content-length")).isEqualTo(Integer.toString(picture.length));
    assertThat(reply.header("cache-control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(reply.header("etag")).isEqualTo('"' + sha256(picture) + '"');
    assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(reply.header("content-security-policy")).isEqualTo("default-src 'none'");
  }

  @Test
  void webp_isTakenToo() {
    WebAnswer stored = upload(Pictures.lossyWebp());

    assertThat(stored.json().at("/data/imageType").textValue()).isEqualTo("webp");
    assertThat(web.get(pathOf(stored)).bytes()).isEqualTo(Pictures.lossyWebp());
  }

  @Test
  void pictureThatIsKnown_isNotSentAgain() {
    String path = pathOf(upload(PNG));

    WebAnswer reply = web.with("if-none-match", '"' + sha256(PNG) + '"').get(path);

    assertThat(reply.status()).isEqualTo(304);
    assertThat(reply.bytes()).isEmpty();
  }

  @Test
  void head_answersTheHeadersAlone() {
    WebAnswer reply = web.send("HEAD", pathOf(upload(PNG)), new byte[0]);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-length")).isEqualTo(Integer.toString(PNG.length));
    assertThat(reply.bytes()).isEmpty();
  }

  @Test
  void uploadedPicture_canBeSent() {
    Person sender = Person.on(server);
    Person receiver = Person.on(server);
    String data = upload(PNG).json().get("data").toString();

    sender.sends(
        TestServer.text(receiver.uid(), "").setMsgType(MsgType.EN_MSG_TYPE_PIC).setContent(data));

    assertThat(receiver.history(sender)).singleElement().extracting("content").isEqualTo(data);
  }

  @Test
  void nameAndTypeThatTheClientGives_doNotCount() {
    byte[] gif = Pictures.drawn("gif", 5, 5);

    WebAnswer reply = post(web, form(file("../../../admin.token\\u0000.html", gif)));

    assertThat(pathOf(reply)).isEqualTo("/x/im/image/" + sha256(gif) + ".gif");
  }

  @Test
  void otherFieldsOfTheForm_areLeftAlone() {
    byte[] form = form(field("csrf", "0123"), file("a", PNG), field("category", "daily"));

    assertThat(post(web, form).code()).isZero();
  }

  @Test
  void samePictureTwice_isOneFile() {
    byte[] picture = Pictures.drawn("png", 11, 13);
    String first = pathOf(upload(picture));
    List<Path> before = files(server);

    assertThat(pathOf(upload(picture))).isEqualTo(first);
    assertThat(files(server)).isEqualTo(before);
  }

  @Test
  void pictures_areThereAfterARestart() {
    try (TestServer other = TestServer.start()) {
      String path;
      WebClient client = client(other, Version.HTTP_1_1);
      path = pathOf(post(client, form(file("a", PNG))));
      other.restart();
      assertThat(client.get(path).bytes()).isEqualTo(PNG);
    }
  }

  // --- what is refused

  private static void assertRefused(WebAnswer reply, int code, String detail) {
    assertThat(reply.status()).as("%s", reply).isEqualTo(200);
    assertThat(reply.code()).as("%s", reply).isEqualTo(code);
    assertThat(reply.detail()).startsWith(detail);
    Await.until(
        "nothing is left of it", () -> files(server).stream().noneMatch(ImageApiTest::isNew));
  }

  private static boolean isNew(Path file) {
    return file.getParent().endsWith("incoming");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void withoutAUser_nothingIsTaken(Version version) {
    byte[] form = form(file("a.png", Pictures.drawn("png", 900, 900)));
    WebClient client = client(server, version);
    for (String token : List.of("", "nobody", server.adminToken())) {
      assertRefused(
          post(client, token, "multipart/form-data; boundary=" + BOUNDARY, form), -101, "");
    }
  }

  private static WebAnswer byCookie(String... header) {
    WebClient browser =
        WebClient.browser(server, Version.HTTP_1_1, Person.on(server).uid())
            .with("accept-language", "en")
            .with("content-type", "multipart/form-data; boundary=" + BOUNDARY);
    WebClient client = header.length == 0 ? browser : browser.with(header[0], header[1]);
    return client.send("POST", ImageApi.UPLOAD, form(field("csrf", "secret"), file("a", PNG)));
  }

  @Test
  void whoIsKnownByACookieAlone_repeatsTheOtherInAHeader() {
    assertThat(byCookie("x-csrf-token", "secret").code()).isZero();
    for (WebAnswer answer :
        List.of(byCookie(), byCookie("x-csrf-token", "SECRET"), byCookie("x-csrf-token", ""))) {
      assertRefused(answer, -111, "csrf: ");
    }
  }

  @Test
  void anotherMethod_isNotAllowed() {
    WebAnswer answer = web.get(ImageApi.UPLOAD);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("POST");
    answer.assertIsError(-400);
  }

  @Test
  void answers_areAsDescribed() {
    Description description = Description.of(server);

    assertThat(description.faults(upload(PNG))).isEmpty();
    assertThat(description.faults(upload(new byte[0]))).isEmpty();
  }

  @Test
  void whatIsNoPicture_isRefused() {
    assertRefused(upload("<html>".getBytes(UTF_8)), 21037, "the picture: of no known format");
    assertRefused(upload(new byte[0]), 21037, "the picture: of no known format");
  }

  @Test
  void pictureThatIsCutOff_isRefused() {
    byte[] half = Arrays.copyOf(PNG, PNG.length / 2);

    assertRefused(upload(half), 21037, "the picture: cut off");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void picture_isAtMostTenMebibytes(Version version) {
    byte[] largest = Arrays.copyOf(PNG, Images.MAX_BYTES); // what follows the end is ours
    WebClient client = client(server, version);
    assertThat(post(client, form(file("a", largest))).code()).isZero();

    for (int more : new int[] {1, 1 << 10}) {
      byte[] larger = Arrays.copyOf(PNG, Images.MAX_BYTES + more);

      assertRefused(
          post(client, form(file("a", larger))),
          21037,
          "the picture: too large (expected: at most 10485760 bytes)");
    }
  }

  @Test
  void formWithoutExactlyOneFile_isRefused() {
    assertRefused(
        post(web, form(file("a", PNG), file("b", PNG))), -400, "the form: 2 files (expected: 1)");
    assertRefused(post(web, form(field("file", "x"))), -400, "the form: 0 files (expected: 1)");
    assertRefused(post(web, form()), -400, "the form: 0 files");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image/png",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/mixed; boundary=xXxXx"
      })
  void whatIsNoForm_isRefused(String type) {
    String token = server.token(Person.on(server).uid());

    assertRefused(post(web, token, type, form(file("a", PNG))), -400, "content-type");
  }

  @Test
  void formThatIsCutOff_isRefused() {
    byte[] whole = form(file("a", PNG));
    for (int missing : new int[] {10, PNG.length, whole.length - 10, whole.length}) {
      WebAnswer reply = post(web, Arrays.copyOf(whole, whole.length - missing));

      assertRefused(reply, -400, "the form: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/x/im/image/",
        "/x/im/image/..%2f..%2fadmin.token",
        "/x/im/image/%2e%2e/%2e%2e/admin.token",
        "/x/im/image/..%5c..%5cadmin.token",
        "/x/im/image/incoming",
        "/x/im/image/0000000000000000000000000000000000000000000000000000000000000000",
        "/x/im/image/0000000000000000000000000000000000000000000000000000000000000000.png",
        "/x/im/image/0000000000000000000000000000000000000000000000000000000000000000.html"
      })
  void whatIsNoNameOfAPicture_isNotThere(String path) {
    assertThat(web.get(path).status()).as(path).isIn(400, 404);
  }

  @Test
  void nameWithAnotherEnding_isNotThere() {
    String path = pathOf(upload(PNG));

    assertThat(web.get(path).status()).isEqualTo(200);
    assertThat(web.get(path.replace(".png", ".gif")).status()).isEqualTo(404);
    assertThat(web.get(path.replace(".png", ".html")).status()).isEqualTo(404);
    assertThat(web.get(path.replace("/image/", "/IMAGE/")).status()).isEqualTo(404);
  }

  // --- limits

  @Test
  void userWhoUploadsTooMuch_isToldToWait() {
    try (TestServer strict = TestServer.start("--upload-burst=2", "--upload-per-hour=1")) {
      WebClient client = client(strict, Version.HTTP_1_1);
      String type = "multipart/form-data; boundary=" + BOUNDARY;
      String token = strict.token(Person.on(strict).uid());
      byte[] form = form(file("a", PNG));

      assertThat(post(client, token, type, form).code()).isZero();
      assertThat(post(client, token, type, form).code()).isZero();
      assertThat(post(client, token, type, form).code()).isEqualTo(21020);
      assertThat(post(client, form).code()).as("another user").isZero();
    }
  }

  @Test
  void picturesBeyondTheSpace_areRefused() {
    try (TestServer small = TestServer.start("--upload-space=1")) {
      byte[] large = Arrays.copyOf(PNG, 600_000);
      byte[] another = Arrays.copyOf(PNG, 600_001);
      WebClient client = client(small, Version.HTTP_1_1);
      assertThat(post(client, form(file("a", large))).code()).isZero();
      assertRefused(post(client, form(file("a", another))), -3, "the picture: no room for more");
      assertThat(post(client, form(file("a", large))).code()).as("known").isZero();
      small.restart(); // counts what is there
      assertRefused(post(client, form(file("a", another))), -3, "the picture: no room for more");
      assertThat(post(client, form(file("a", PNG))).code()).isZero();
      assertThat(files(small)).hasSize(2);
    }
  }

  @Test
  void picturesThatCanNotBeStored_areRefused() throws IOException {
    try (TestServer broken = TestServer.start()) {
      WebClient client = client(broken, Version.HTTP_1_1);
      Files.delete(broken.data().resolve("images/incoming"));

      assertRefused(post(client, form(file("a", PNG))), -3, "the picture: can not be stored now");
    }
  }

  @Test
  void whatACrashLeft_isThrownAway() {
    try (TestServer crashed = TestServer.start()) {
      Path left = crashed.data().resolve("images/incoming/left");
      crashed.restart(
          () -> {
            try {
              Files.write(left, PNG);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });

      assertThat(left).doesNotExist();
    }
  }

  // --- where pictures are

  @Test
  void publicUrl_standsInFrontAndIsPermitted() {
    try (TestServer behind =
        TestServer.start("--public-url=https://IM.example:8443/", "--image-hosts=cdn.example")) {
      WebClient client = client(behind, Version.HTTP_1_1);
      Person sender = Person.on(behind);
      Person receiver = Person.on(behind);

      WebAnswer reply = post(client, form(file("a", PNG)));

      assertThat(reply.json().at("/data/url").textValue())
          .isEqualTo("https://IM.example:8443/x/im/image/" + sha256(PNG) + ".png");
      sender.sends(
          TestServer.text(receiver.uid(), "")
              .setMsgType(MsgType.EN_MSG_TYPE_PIC)
              .setContent(reply.json().get("data").toString()));
    }
  }
}
