package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;

/// The header blocks of one connection's gRPC requests in HPACK (RFC 7541), as ordinary clients
/// write them: what repeats is put into the table once and then takes a byte; the authorization,
/// which changes with each call, is written out.
final class HeaderBlocks {
  /// The size of the peer's table that this relies on.
  static final int TABLE_BYTES = 4_096;

  private static final int INDEXED = 0x80;
  private static final int INSERTED = 0x40;
  private static final int NEVER_INSERTED = 0x10;

  private static final int AUTHORITY = 1;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;
  private static final int AUTHORIZATION = 23;
  private static final int CONTENT_TYPE = 31;
  private static final int STATIC_ENTRIES = 61;

  private final String authority;

  /// When each field was inserted: the how-manieth it was.
  private final Map<String, Integer> inserted = new HashMap<>();

  HeaderBlocks(String authority) {
    this.authority = authority;
  }

  /// Writes the block of the next request on the connection.
  void write(ByteBuf out, String path, byte[] authorization) {
    out.writeByte(INDEXED | METHOD_POST);
    out.writeByte(INDEXED | SCHEME_HTTP);
    repeated(out, PATH, null, path);
    repeated(out, AUTHORITY, null, authority);
    repeated(out, CONTENT_TYPE, null, "application/grpc");
    repeated(out, 0, "te", "trailers");
    number(out, NEVER_INSERTED, 4, AUTHORIZATION);
    number(out, 0, 7, authorization.length);
    out.writeBytes(authorization);
  }

  /// @param nameIndex of the name in the static table; 0: it is not there
  private void repeated(ByteBuf out, int nameIndex, String name, String value) {
    Integer place = inserted.get(value);
    if (place != null) {
      number(out, INDEXED, 7, STATIC_ENTRIES + 1 + inserted.size() - place);
      return;
    }
    number(out, INSERTED, 6, nameIndex);
    if (nameIndex == 0) {
      text(out, name);
    }
    text(out, value);
    inserted.put(value, inserted.size() + 1);
  }

  private static void text(ByteBuf out, String value) {
    number(out, 0, 7, value.length());
    out.writeCharSequence(value, US_ASCII);
  }

  /// A number in the low bits of a byte that begins with `pattern`, and in more bytes if it is
  /// large (RFC 7541, 5.1).
  private static void number(ByteBuf out, int pattern, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.writeByte(pattern | value);
      return;
    }
    out.writeByte(pattern | most);
    int rest = value - most;
    while (rest >= 128) {
      out.writeByte((rest & 127) | 128);
      rest >>= 7;
    }
    out.writeByte(rest);
  }
}
