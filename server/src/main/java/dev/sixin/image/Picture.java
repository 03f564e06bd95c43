package dev.sixin.image;

import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// What a picture says about itself. Only its structure is read: nothing is unpacked, so it costs
/// next to nothing however much it would unpack to.
///
/// @param type png, jpeg, gif or webp
/// @param width in pixels
/// @param height in pixels
public record Picture(String type, int width, int height) {
  /// What a viewer's memory can be asked to hold.
  private static final long MAX_PIXELS = 100_000_000;

  private static final int PNG_HEADER = 0x49484452;
  private static final int PNG_END = 0x49454e44;
  private static final int PNG_DATA = 0x49444154;
  private static final int JPEG_END = 0xffd9;

  /// Reads the structure of a whole picture. What it is called and sent as does not count.
  ///
  /// @throws Refusal (21037) when it is of no known format, cut off, or larger than viewers can
  ///   bear
  static Picture of(ByteBuffer bytes) {
    try {
      Picture picture = read(bytes.order(ByteOrder.BIG_ENDIAN));
      if (picture.width <= 0
          || picture.height <= 0
          || (long) picture.width * picture.height > MAX_PIXELS) {
        throw bad(
            "%d x %d (expected: at most %d pixels)"
                .formatted(picture.width, picture.height, MAX_PIXELS));
      }
      return picture;
    } catch (IndexOutOfBoundsException e) {
      throw bad("cut off");
    }
  }

  private static Refusal bad(String what) {
    return Refusal.of(Code.BAD_IMAGE, "the picture: " + what);
  }

  private static Picture read(ByteBuffer bytes) {
    if (startsWith(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
      return png(bytes);
    }
    if (startsWith(bytes, 0, "\u00ff\u00d8\u00ff")) {
      return jpeg(bytes);
    }
    if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) {
      return gif(bytes.order(ByteOrder.LITTLE_ENDIAN));
    }
    if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) {
      return webp(bytes.order(ByteOrder.LITTLE_ENDIAN));
    }
    throw bad("of no known format (expected: PNG, JPEG, GIF or WebP)");
  }

  private static boolean startsWith(ByteBuffer bytes, int at, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.limit() >= at + expected.length
        && bytes.slice(at, expected.length).equals(ByteBuffer.wrap(expected));
  }

  /// Chunks: length, type, data, checksum.
  private static Picture png(ByteBuffer bytes) {
    if (bytes.getInt(12) != PNG_HEADER) {
      throw bad("PNG without a header");
    }
    boolean hasData = false;
    int at = 8;
    for (int type = 0; type != PNG_END; at = skip(bytes, at + 12, bytes.getInt(at))) {
      type = bytes.getInt(at + 4);
      hasData |= type == PNG_DATA;
    }
    if (!hasData) {
      throw bad("PNG without data");
    }
    return new Picture("png", bytes.getInt(16), bytes.getInt(20));
  }

  /// Segments: marker, length, data; the one that begins the data says nothing of their length, but
  /// no end marker stands within them.
  private static Picture jpeg(ByteBuffer bytes) {
    Picture frame = null;
    int at = 2;
    while (true) {
      int marker = unsigned(bytes.getShort(at));
      if (marker == 0xffff) { // padding
        at++;
        continue;
      }
      if (marker == 0xffda && frame != null) {
        requireJpegEnd(bytes, at);
        return frame;
      }
      if (marker <= 0xff01 || (marker >= 0xffd0 && marker <= 0xffda)) {
        throw bad("JPEG with marker %x out of place".formatted(marker));
      }
      if (isFrame(marker)) {
        int height = unsigned(bytes.getShort(at + 5));
        frame = new Picture("jpeg", unsigned(bytes.getShort(at + 7)), height);
      }
      at = skip(bytes, at + 2, unsigned(bytes.getShort(at + 2)));
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xffc0
        && marker <= 0xffcf
        && marker != 0xffc4 // Huffman tables
        && marker != 0xffc8 // reserved
        && marker != 0xffcc; // arithmetic coding
  }

  private static void requireJpegEnd(ByteBuffer bytes, int from) {
    for (int at = bytes.limit() - 2; at > from; at--) {
      if (unsigned(bytes.getShort(at)) == JPEG_END) {
        return;
      }
    }
    throw bad("cut off");
  }

  /// A screen, then images and extensions in blocks of up to 255 bytes.
  private static Picture gif(ByteBuffer bytes) {
    Picture screen = new Picture("gif", unsigned(bytes.getShort(6)), unsigned(bytes.getShort(8)));
    boolean hasImage = false;
    int at = 13 + colors(bytes.get(10));
    while (true) {
      switch (bytes.get(at)) {
        case 0x2c -> { // an image: place, size, flags, colours, width of its codes
          hasImage = true;
          at = afterBlocks(bytes, at + 11 + colors(bytes.get(at + 9)));
        }
        case 0x21 -> at = afterBlocks(bytes, at + 2);
        case 0x3b -> {
          if (!hasImage) {
            throw bad("GIF without an image");
          }
          return screen;
        }
        default -> throw bad("GIF with an unknown block");
      }
    }
  }

  private static int colors(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private static int afterBlocks(ByteBuffer bytes, int from) {
    int at = from;
    while (bytes.get(at) != 0) {
      at += 1 + (bytes.get(at) & 0xff);
    }
    return at + 1;
  }

  /// A RIFF file; its first chunk is the picture, or describes those that follow.
  private static Picture webp(ByteBuffer bytes) {
    skip(bytes, 8, bytes.getInt(4));
    skip(bytes, 20, bytes.getInt(16));
    if (startsWith(bytes, 12, "VP8 ") && startsWith(bytes, 23, "\u009d\u0001*")) {
      return new Picture("webp", bytes.getShort(26) & 0x3fff, bytes.getShort(28) & 0x3fff);
    }
    if (startsWith(bytes, 12, "VP8L") && bytes.get(20) == 0x2f) {
      int sizes = bytes.getInt(21);
      return new Picture("webp", (sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1);
    }
    if (startsWith(bytes, 12, "VP8X")) {
      return new Picture("webp", threeBytes(bytes, 24) + 1, threeBytes(bytes, 27) + 1);
    }
    throw bad("WebP of an unknown kind");
  }

  private static int threeBytes(ByteBuffer bytes, int at) {
    return unsigned(bytes.getShort(at)) | ((bytes.get(at + 2) & 0xff) << 16);
  }

  private static int unsigned(short value) {
    return Short.toUnsignedInt(value);
  }

  /// Where so many bytes end, which must all be there.
  private static int skip(ByteBuffer bytes, int from, int length) {
    if (length < 0 || length > bytes.limit() - from) {
      throw bad("cut off");
    }
    return from + length;
  }
}
