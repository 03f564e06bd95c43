package dev.sixin.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What a node says of how many nodes it sees.
class CqlProbeTest {
  private static final int READY = 2;
  private static final int RESULT = 8;
  private static final int ERROR = 0;

  /// Asks a node that answers the first frame with READY, the second with this.
  private static OptionalInt ask(int opcode, String bodyHex) throws IOException {
    try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answering =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket socket = node.accept()) {
                      DataInputStream in = new DataInputStream(socket.getInputStream());
                      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                      take(in);
                      send(out, READY, new byte[0]);
                      take(in);
                      send(out, opcode, HexFormat.of().parseHex(bodyHex));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      OptionalInt seen = CqlProbe.nodesSeenBy((InetSocketAddress) node.getLocalSocketAddress(), 3);
      answering.join();
      return seen;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void take(DataInputStream in) throws IOException {
    in.skipNBytes(5);
    in.skipNBytes(in.readInt());
  }

  private static void send(DataOutputStream out, int opcode, byte[] body) throws IOException {
    out.write(HexFormat.of().parseHex("84000000"));
    out.writeByte(opcode);
    out.writeInt(body.length);
    out.write(body);
  }

  @Test
  void aNodeThatCanAskAll_seesAll() throws IOException {
    assertThat(ask(RESULT, "00000001")).hasValue(3);
  }

  @Test
  void aNodeThatCanNot_saysHowManyItSees() throws IOException {
    // UNAVAILABLE, "no", ALL, 3 needed, 2 alive
    assertThat(ask(ERROR, "00001000" + "00026e6f" + "0005" + "00000003" + "00000002")).hasValue(2);
  }

  @Test
  void aNodeThatFailsOtherwise_canNotSay() throws IOException {
    // READ_TIMEOUT: one that is gone is still waited for
    assertThat(ask(ERROR, "00001200" + "00026e6f")).hasValue(0);
  }

  @Test
  void aNodeThatIsNotThere_doesNotAnswer() throws IOException {
    assertThat(ask(ERROR, "0000")).as("cut off").isEmpty();
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    assertThat(CqlProbe.nodesSeenBy(nobody, 3)).isEmpty();
  }
}
