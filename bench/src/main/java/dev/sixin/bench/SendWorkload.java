package dev.sixin.bench;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Texts from random users to random contacts of theirs.
final class SendWorkload implements Workload {
  private static final String PATH = "/" + ImInterfaceGrpc.getSendMsgMethod().getFullMethodName();
  private static final int GRPC_PREFIX_BYTES = 5;
  private static final int TEXTS = 4_096;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz     ";

  private final Population population;
  private final List<byte[]> authorizations;

  /// The last fields of a message, from its msg_type on, with different texts.
  private final byte[][] tails = new byte[TEXTS][];

  /// Begins with the second of the start, so that a second run on the same data repeats no id of
  /// the first.
  private final AtomicLong cliMsgIds = new AtomicLong(Instant.now().getEpochSecond() << 32);

  /// @param authorizations of all users of the population, in their order
  /// @param textBytes the length of each text
  SendWorkload(
      Population population, List<byte[]> authorizations, int textBytes, RandomGenerator random) {
    this.population = population;
    this.authorizations = authorizations;
    for (int i = 0; i < TEXTS; i++) {
      StringBuilder text = new StringBuilder(textBytes);
      for (int k = 0; k < textBytes; k++) {
        text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      tails[i] =
          Msg.newBuilder()
              .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
              .setContent("{\"content\":\"" + text + "\"}")
              .build()
              .toByteArray();
    }
  }

  @Override
  public Request next(RandomGenerator random) {
    int sender = random.nextInt(population.users());
    int receiver = population.contact(sender, random.nextInt(population.contacts()));
    byte[] tail = tails[random.nextInt(TEXTS)];
    return new Request(
        PATH,
        authorizations.get(sender),
        frame(population.uid(receiver), cliMsgIds.incrementAndGet(), tail));
  }

  /// The bytes of a ReqSendMsg, put together without an object for each part.
  private static byte[] frame(long receiverUid, long cliMsgId, byte[] tail) {
    int type = RecverType.EN_RECVER_TYPE_PEER_VALUE;
    int msgBytes =
        CodedOutputStream.computeEnumSize(Msg.RECEIVER_TYPE_FIELD_NUMBER, type)
            + CodedOutputStream.computeUInt64Size(Msg.RECEIVER_ID_FIELD_NUMBER, receiverUid)
            + CodedOutputStream.computeUInt64Size(Msg.CLI_MSG_ID_FIELD_NUMBER, cliMsgId)
            + tail.length;
    int bytes =
        CodedOutputStream.computeTagSize(ReqSendMsg.MSG_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(msgBytes)
            + msgBytes;
    byte[] frame = new byte[GRPC_PREFIX_BYTES + bytes];
    ByteBuffer.wrap(frame).put((byte) 0).putInt(bytes);
    CodedOutputStream out = CodedOutputStream.newInstance(frame, GRPC_PREFIX_BYTES, bytes);
    try {
      out.writeTag(ReqSendMsg.MSG_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(msgBytes);
      out.writeEnum(Msg.RECEIVER_TYPE_FIELD_NUMBER, type);
      out.writeUInt64(Msg.RECEIVER_ID_FIELD_NUMBER, receiverUid);
      out.writeUInt64(Msg.CLI_MSG_ID_FIELD_NUMBER, cliMsgId);
      out.writeRawBytes(tail);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frame;
  }
}
