package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the content of a message may be, by its type.
class ContentTest {
  private static final int LONGEST = 2_000;

  /// Bytes of a text message's content around its text.
  private static final int AROUND = "{\"content\":\"\"}".length();

  private static final TestServer SERVER = TestServer.shared();
  private final Person shop = Person.on(SERVER, User.newBuilder().setBusiness(true));
  private final Person ann = Person.on(SERVER);

  ContentTest() {
    shop.follows(ann); // so that there is no tip beside the messages
  }

  private Msg.Builder message(int type, String content) {
    return text(ann.uid(), "").setMsgTypeValue(type).setContent(content);
  }

  private Msg last() {
    return ann.history(shop).getLast();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | {\"content\":\"hello\"}",
        "2 | {\"url\":\"https://pictures.example/a.png\"}",
        "2 | {\"url\":\"http://pictures.example:8080/a.png?size=1#top\"}",
        "2 | {\"url\":\"HTTPS://pictures.example\",\"height\":0,\"width\":3,\"imageType\":\"png\",\"original\":1,\"size\":12.5}",
        "3 | {\"url\":\"https://sounds.example/a.mp3\"}",
        "6 | {\"url\":\"https://pictures.example/a.gif\",\"imageType\":\"gif\"}",
        "7 | {\"id\":170001,\"source\":5}",
        "7 | {\"id\":\"BV17x\",\"source\":\"video\",\"title\":\"t\",\"thumb\":\"u\",\"author\":\"a\"}",
        "9 | {\"title\":\"t\"}",
        "14 | {\"title\":\"t\",\"url\":\"u\"}",
        "10 | {\"title\":\"t\",\"text\":\"x\",\"modules\":[{\"title\":\"a\",\"detail\":\"b\"}]}",
        "11 | {\"rid\":170001}",
        "12 | {\"rid\":\"9\"}",
        "13 | {\"pic_url\":\"p\",\"jump_url\":\"j\",\"title\":\"t\"}",
        "16 | {}",
        "18 | {\"content\":\"[{\\\"text\\\":\\\"a\\\",\\\"color_day\\\":\\\"#000\\\"}]\"}",
        "301 | {\"group_id\":1,\"content\":\"c\"}",
        "306 | {\"group_id\":1,\"content\":\"c\"}",
      })
  void legalContent_isStoredAsSent(int type, String content) {
    shop.sends(message(type, content));

    assertThat(last().getMsgTypeValue()).isEqualTo(type);
    assertThat(last().getContent()).isEqualTo(content);
  }

  @Test
  void membersThatWeDoNotKnow_andSpaces_areKeptAsSent() {
    String content = "{ \"content\" : \"hi\",\n\"extra\":{\"deep\":[1,2.50,null]} }";
    shop.sends(message(1, content));

    assertThat(last().getContent()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 9, 10, 11, 12, 13, 14, 16, 18, 301})
  void contentThatIsNoJsonObject_isRefusedWith400(int type) {
    for (String content :
        new String[] {"hello", "{", "{\"content\":\"a\"} b", "[]", "\"a\"", "5", "null", " "}) {
      assertRefused(-400, () -> shop.sends(message(type, content)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | {}",
        "1 | {\"content\":\"\"}",
        "1 | {\"content\":5}",
        "1 | {\"content\":null}",
        "1 | {\"Content\":\"hello\"}",
        "3 | {}",
        "7 | {\"id\":1}",
        "7 | {\"source\":1}",
        "7 | {\"id\":\"\",\"source\":1}",
        "7 | {\"id\":null,\"source\":1}",
        "9 | {}",
        "14 | {\"title\":\"t\"}",
        "14 | {\"url\":\"u\"}",
        "14 | {\"title\":\"\",\"url\":\"u\"}",
        "10 | {\"text\":\"x\"}",
        "11 | {}",
        "12 | {}",
        "13 | {\"jump_url\":\"j\",\"title\":\"t\"}",
        "13 | {\"pic_url\":\"p\",\"title\":\"t\"}",
        "13 | {\"pic_url\":\"p\",\"jump_url\":\"j\"}",
        "18 | {}",
        "18 | {\"content\":[]}",
        "18 | {\"content\":\"hello\"}",
        "18 | {\"content\":\"{}\"}",
        "301 | {\"group_id\":1}",
        "306 | {\"content\":\"c\"}",
      })
  void contentWithoutARequiredMember_isRefusedWith400(int type, String content) {
    assertRefused(-400, () -> shop.sends(message(type, content)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"url\":\"\"}",
        "{\"url\":5}",
        "{\"url\":\"pictures.example/a.png\"}",
        "{\"url\":\"/a.png\"}",
        "{\"url\":\"https:///a.png\"}",
        "{\"url\":\"https://pictures example/a.png\"}",
        "{\"url\":\"ftp://pictures.example/a.png\"}",
        "{\"url\":\"file:///a.png\"}",
        "{\"url\":\"javascript:alert(1)\"}",
        "{\"url\":\"https://pictures.example/a.png\",\"width\":-1}",
        "{\"url\":\"https://pictures.example/a.png\",\"height\":\"3\"}",
        "{\"url\":\"https://pictures.example/a.png\",\"size\":true}",
      })
  void aPictureWhoseDescriptionIsNotLegal_isRefusedWith21037(String content) {
    assertRefused(21037, () -> shop.sends(message(2, content)));
    assertRefused(21037, () -> shop.sends(message(6, content)));
  }

  @Test
  void whenTheOperatorNamesHosts_picturesComeFromThoseOnly() {
    try (TestServer strict = TestServer.start("--image-hosts=Pictures.example,cdn.example")) {
      Person eve = Person.on(strict, User.newBuilder().setBusiness(true));
      Person bob = Person.on(strict);
      for (String url :
          new String[] {"https://pictures.example/a", "http://CDN.example:81/b?c=d"}) {
        eve.sends(picture(bob, url));
      }
      for (String url :
          new String[] {
            "https://other.example/a",
            "https://more.pictures.example/a",
            "https://pictures.example.other/a",
            "https://pictures.example@other.example/a",
          }) {
        assertRefused(21037, () -> eve.sends(picture(bob, url)));
      }

      assertThat(bob.history(eve)).hasSize(2);
    }
  }

  private static Msg.Builder picture(Person to, String url) {
    return text(to.uid(), "")
        .setMsgType(MsgType.EN_MSG_TYPE_PIC)
        .setContent("{\"url\":\"" + url + "\"}");
  }

  @ParameterizedTest
  @CsvSource({"x", "é", "字", "😀"})
  void contentOf2000Bytes_isSent_andOneByteMoreIsRefusedWith21007(String letter) {
    int letters = (LONGEST - AROUND) / bytes(letter);
    String filled = letter.repeat(letters);
    String longest = filled + "x".repeat(LONGEST - AROUND - bytes(filled));
    shop.says(ann, longest);
    String sent = last().getContent();
    assertThat(bytes(sent)).isEqualTo(LONGEST);
    assertThat(sent).isEqualTo("{\"content\":\"" + longest + "\"}");

    assertRefused(21007, () -> shop.says(ann, longest + "x"));
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void theLimit_holdsForTheWholeContentOfEveryType() {
    String card = "{\"title\":\"t\",\"url\":\"%s\"}";
    String url = "u".repeat(LONGEST - card.length() + 2);
    shop.sends(message(14, card.formatted(url)));

    assertRefused(21007, () -> shop.sends(message(14, card.formatted(url + "u"))));
  }
}
