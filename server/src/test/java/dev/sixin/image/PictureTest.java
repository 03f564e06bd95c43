package dev.sixin.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
  private static Picture read(byte[] bytes) {
    return Picture.of(ByteBuffer.wrap(bytes));
  }

  private static void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_IMAGE))
        .hasMessageStartingWith("the picture: " + why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif"})
  void size_isRead(String format) {
    assertThat(read(Pictures.drawn(format, 300, 7))).isEqualTo(new Picture(format, 300, 7));
  }

  @Test
  void sizeOfWebp_isRead() {
    assertThat(read(Pictures.lossyWebp())).isEqualTo(new Picture("webp", 1, 1));
    assertThat(read(Pictures.losslessWebp())).isEqualTo(new Picture("webp", 1, 1));
    assertThat(read(Pictures.extendedWebp(9_999, 70))).isEqualTo(new Picture("webp", 9_999, 70));
  }

  @Test
  void largeSizesOfWebp_areReadWhole() {
    byte[] lossy = Pictures.lossyWebp();
    ByteBuffer.wrap(lossy).put(26, new byte[] {(byte) 0xff, (byte) 0x3f, 0x10, (byte) 0x40});
    assertThat(read(lossy)).isEqualTo(new Picture("webp", 16_383, 16)); // the scale does not count

    byte[] lossless = Pictures.losslessWebp();
    int bits = (5_000 - 1) | ((3_000 - 1) << 14);
    ByteBuffer.wrap(lossless).putInt(21, Integer.reverseBytes(bits));
    assertThat(read(lossless)).isEqualTo(new Picture("webp", 5_000, 3_000));

    assertThat(read(Pictures.extendedWebp(1 << 24, 5))).isEqualTo(new Picture("webp", 1 << 24, 5));
  }

  @Test
  void jpegWithLongMetadata_isRead() {
    byte[] jpeg = Pictures.drawn("jpeg", 40, 30);
    byte[] segment = new byte[2 + 0xffff];
    ByteBuffer.wrap(segment).putShort((short) 0xffe1).putShort((short) 0xffff);
    ByteBuffer with = ByteBuffer.allocate(jpeg.length + 20 * segment.length);
    with.put(jpeg, 0, 2);
    for (int i = 0; i < 20; i++) {
      with.put(segment);
    }
    with.put(jpeg, 2, jpeg.length - 2);

    assertThat(read(with.array())).isEqualTo(new Picture("jpeg", 40, 30));
  }

  static Stream<byte[]> whole() {
    return Stream.of(
        Pictures.drawn("png", 20, 20),
        Pictures.drawn("jpeg", 20, 20),
        Pictures.drawn("gif", 20, 20),
        Pictures.lossyWebp(),
        Pictures.losslessWebp());
  }

  @ParameterizedTest
  @MethodSource("whole")
  void pictureThatIsCutOffAnywhere_isRefused(byte[] picture) {
    for (int length = 0; length < picture.length - 1; length++) {
      assertRefused(Arrays.copyOf(picture, length), "");
    }
  }

  @ParameterizedTest
  @MethodSource("whole")
  void damagedPicture_isReadOrRefusedAndNothingElse(byte[] picture) {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = picture.clone();
      for (int j = 0; j < 3; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(read(damaged).width()).isPositive();
      } catch (Refusal e) {
        assertThat(e.code()).isEqualTo(Code.BAD_IMAGE);
      }
    }
  }

  @Test
  void pictureThatWouldUnpackToFarTooMuch_isRefused() {
    byte[] png = Pictures.drawn("png", 20, 20);
    ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
    assertRefused(png, "60000 x 60000 (expected: at most 100000000 pixels)");

    ByteBuffer.wrap(png).putInt(16, Integer.MAX_VALUE).putInt(20, Integer.MAX_VALUE);
    assertRefused(png, "2147483647 x 2147483647");
  }

  @Test
  void pictureWithoutPixels_isRefused() {
    byte[] gif = Pictures.drawn("gif", 20, 20);
    ByteBuffer.wrap(gif).putShort(6, (short) 0);
    assertRefused(gif, "0 x 20");

    byte[] png = Pictures.drawn("png", 20, 20);
    ByteBuffer.wrap(png).putInt(20, -1);
    assertRefused(png, "20 x -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hello", "<svg xmlns='http://www.w3.org/2000/svg'/>", "BM1234", "%PDF"})
  void whatIsNoPicture_isRefused(String text) {
    assertRefused(text.getBytes(UTF_8), "of no known format (expected: PNG, JPEG, GIF or WebP)");
  }
}
