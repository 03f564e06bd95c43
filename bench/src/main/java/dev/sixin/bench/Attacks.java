package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.bench.Attack.Worst;
import dev.sixin.bench.Workload.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/// The worst that connections do.
final class Attacks {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_HEADERS = 4;
  private static final byte[] CANCEL = {0, 0, 0, 8};
  private static final int STREAMS = 2_000;
  private static final int PAGES = 20;
  private static final int HEADER_BYTES = 100_000;

  private Attacks() {}

  /// Says nothing.
  static void idle(Socket connection) throws IOException {
    readToEnd(connection);
  }

  /// Sends a form, a byte each second.
  static void writeSlowly(Socket connection) throws IOException, InterruptedException {
    OutputStream out = connection.getOutputStream();
    String head =
        String.join(
            "\r\n",
            "POST /session_svr/v1/session_svr/set_top HTTP/1.1",
            "host: bench",
            "content-type: application/x-www-form-urlencoded",
            "content-length: 10000",
            "",
            "");
    out.write(head.getBytes(US_ASCII));
    while (connection.getInputStream().available() == 0) {
      out.write('a');
      TimeUnit.SECONDS.sleep(1);
    }
    readToEnd(connection);
  }

  /// Asks for large pages and reads none of them, or one byte a second.
  ///
  /// @param authorization of whom such a page is
  /// @param talkerUid whom it is with
  static Worst readSlowly(String authorization, long talkerUid) {
    String request =
        """
        GET /svr_sync/v1/svr_sync/fetch_session_msgs?session_type=1&size=2000&talker_id=%d HTTP/1.1\r
        host: bench\r
        authorization: %s\r
        \r
        """
            .formatted(talkerUid, authorization);
    return connection -> {
      connection.getOutputStream().write(request.repeat(PAGES).getBytes(US_ASCII));
      InputStream in = connection.getInputStream();
      while (in.read() >= 0) {
        TimeUnit.SECONDS.sleep(1);
      }
    };
  }

  /// Sends headers that are too long.
  static void talkTooLong(Socket connection) throws IOException, InterruptedException {
    String head = "GET / HTTP/1.1\r\nhost: bench\r\ncookie: " + "a".repeat(HEADER_BYTES);
    connection.getOutputStream().write((head + "\r\n\r\n").getBytes(US_ASCII));
    readToEnd(connection);
  }

  /// Begins more calls than a connection may, and ends none.
  static Worst flood(Request call) {
    return connection -> {
      begin(connection, call, STREAMS, false);
      readToEnd(connection);
    };
  }

  /// Begins calls and gives them up at once.
  static Worst reset(Request call) {
    return connection -> {
      begin(connection, call, STREAMS, true);
      readToEnd(connection);
    };
  }

  private static void begin(Socket connection, Request call, int streams, boolean givesUp)
      throws IOException {
    ByteBuf out = Unpooled.buffer();
    out.writeCharSequence(PREFACE, US_ASCII);
    frame(out, SETTINGS, 0, 0, new byte[0]);
    HeaderBlocks blocks = new HeaderBlocks("bench");
    for (int i = 0; i < streams; i++) {
      ByteBuf block = Unpooled.buffer();
      blocks.write(block, call.path(), call.authorization());
      frame(out, HEADERS, END_HEADERS, 1 + 2 * i, ByteBufUtil.getBytes(block));
      if (givesUp) {
        frame(out, RST_STREAM, 0, 1 + 2 * i, CANCEL);
      }
    }
    connection.getOutputStream().write(ByteBufUtil.getBytes(out));
  }

  private static void frame(ByteBuf out, int type, int flags, int stream, byte[] payload) {
    out.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    out.writeBytes(payload);
  }

  private static void readToEnd(Socket connection) throws IOException {
    var _ = connection.getInputStream().transferTo(OutputStream.nullOutputStream());
  }
}
