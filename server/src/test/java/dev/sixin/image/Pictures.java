package dev.sixin.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import javax.imageio.ImageIO;

/// Small pictures.
public final class Pictures {
  private Pictures() {}

  /// As Java's own writers for these formats make it: png, jpeg or gif.
  public static byte[] drawn(String format, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, x * 7919 + y * 104_729);
      }
    }
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException(format);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A lossy WebP of one pixel, as the format's authors give it to find out what a browser can
  /// show.
  public static byte[] lossyWebp() {
    return Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
  }

  /// The same, lossless.
  public static byte[] losslessWebp() {
    return Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
  }

  /// The beginning of a WebP with more than pixels, such as an animation: only its header.
  public static byte[] extendedWebp(int width, int height) {
    return ByteBuffer.allocate(30)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(ISO_8859_1))
        .putInt(22)
        .put("WEBPVP8X".getBytes(ISO_8859_1))
        .putInt(10)
        .putInt(0)
        .putShort((short) (width - 1))
        .put((byte) ((width - 1) >> 16))
        .putShort((short) (height - 1))
        .put((byte) ((height - 1) >> 16))
        .array();
  }
}
