package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.OptionalInt;

/// Asks a node how many nodes it sees, itself included: it is asked for something that all of three
/// would have to answer, and either answers or says how many it could ask. Version 4 of Cassandra's
/// native protocol, as far as that takes.
final class CqlProbe {
  private static final int ASK_MILLIS = 2_000;
  private static final int VERSION = 4;
  private static final int STARTUP = 0x01;
  private static final int READY = 0x02;
  private static final int QUERY = 0x07;
  private static final int RESULT = 0x08;
  private static final int ERROR = 0x00;
  private static final int UNAVAILABLE = 0x1000;
  private static final int CONSISTENCY_ALL = 5;
  private static final int MOST_BYTES = 1 << 20;

  /// Its own tables, of which three nodes hold a copy each if there are as many.
  private static final String QUESTION =
      "SELECT keyspace_name FROM system_distributed.view_build_status LIMIT 1";

  private CqlProbe() {}

  private record Frame(int opcode, DataInputStream body) {}

  /// How many nodes a node sees, itself included.
  ///
  /// @param most how many there are at most
  /// @return empty when it does not answer; 0 when it can not say
  static OptionalInt nodesSeenBy(InetSocketAddress node, int most) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(ASK_MILLIS);
      socket.connect(node, ASK_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      send(out, STARTUP, startup());
      if (read(in).opcode() != READY) {
        return OptionalInt.empty();
      }
      send(out, QUERY, query());
      return OptionalInt.of(seen(in, most));
    } catch (IOException e) {
      return OptionalInt.empty(); // nobody there, or not yet
    }
  }

  private static int seen(DataInputStream in, int most) throws IOException {
    try {
      Frame answer = read(in);
      return switch (answer.opcode()) {
        case RESULT -> most;
        case ERROR -> alive(answer.body());
        default -> 0;
      };
    } catch (SocketTimeoutException e) {
      return 0; // one that is gone is still waited for
    }
  }

  private static byte[] startup() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    body.writeShort(1);
    body.writeUTF("CQL_VERSION");
    body.writeUTF("3.0.0");
    return bytes.toByteArray();
  }

  private static byte[] query() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    byte[] question = QUESTION.getBytes(UTF_8);
    body.writeInt(question.length);
    body.write(question);
    body.writeShort(CONSISTENCY_ALL);
    body.writeByte(0); // no flags
    return bytes.toByteArray();
  }

  private static void send(DataOutputStream out, int opcode, byte[] body) throws IOException {
    out.writeByte(VERSION);
    out.writeByte(0); // no flags
    out.writeShort(0); // the only stream
    out.writeByte(opcode);
    out.writeInt(body.length);
    out.write(body);
    out.flush();
  }

  private static Frame read(DataInputStream in) throws IOException {
    in.skipNBytes(4);
    int opcode = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new IOException("a frame of %d bytes".formatted(length));
    }
    byte[] body = in.readNBytes(length);
    return new Frame(opcode, new DataInputStream(new ByteArrayInputStream(body)));
  }

  /// What an error says of how many could be asked; 0: nothing.
  private static int alive(DataInputStream error) throws IOException {
    if (error.readInt() != UNAVAILABLE) {
      return 0;
    }
    var _ = error.readUTF();
    var _ = error.readShort(); // the consistency
    var _ = error.readInt(); // how many were needed
    return error.readInt();
  }
}
