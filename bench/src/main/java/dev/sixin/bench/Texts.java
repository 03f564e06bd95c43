package dev.sixin.bench;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.sixin.bench.Workload.Request;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// SendMsg calls with texts of random letters, each with a cli_msg_id of its own.
final class Texts {
  /// What is left of 2,000 bytes of content beside `{"content":""}`.
  static final int MAX_BYTES = 1_986;

  static final Method SEND = Method.of(ImInterfaceGrpc.getSendMsgMethod());
  private static final int COUNT = 4_096;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz     ";

  /// The last fields of a message, from its msg_type on, with different texts.
  private final byte[][] tails = new byte[COUNT][];

  private final Msg[] messages = new Msg[COUNT];

  /// Begins with the second of the start, so that a second run on the same data repeats no id of
  /// the first.
  private final AtomicLong cliMsgIds = new AtomicLong(Instant.now().getEpochSecond() << 32);

  /// @param bytes the length of each text
  Texts(int bytes, RandomGenerator random) {
    for (int i = 0; i < COUNT; i++) {
      StringBuilder text = new StringBuilder(bytes);
      for (int k = 0; k < bytes; k++) {
        text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      messages[i] =
          Msg.newBuilder()
              .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
              .setContent("{\"content\":\"" + text + "\"}")
              .build();
      tails[i] = messages[i].toByteArray();
    }
  }

  /// One of the texts, from one user to another.
  Msg message(long fromUid, long toUid, RandomGenerator random) {
    return messages[random.nextInt(COUNT)].toBuilder()
        .setSenderUid(fromUid)
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(toUid)
        .setCliMsgId(cliMsgIds.incrementAndGet())
        .build();
  }

  /// A call that sends one of the texts.
  ///
  /// @param authorization of the sender
  Request send(
      byte[] authorization, RecverType receiverType, long receiverId, RandomGenerator random) {
    byte[] tail = tails[random.nextInt(COUNT)];
    return new Request(
        SEND.path(),
        authorization,
        frame(receiverType.getNumber(), receiverId, cliMsgIds.incrementAndGet(), tail));
  }

  /// The bytes of a ReqSendMsg, put together without an object for each part.
  private static byte[] frame(int receiverType, long receiverId, long cliMsgId, byte[] tail) {
    int msgBytes =
        CodedOutputStream.computeEnumSize(Msg.RECEIVER_TYPE_FIELD_NUMBER, receiverType)
            + CodedOutputStream.computeUInt64Size(Msg.RECEIVER_ID_FIELD_NUMBER, receiverId)
            + CodedOutputStream.computeUInt64Size(Msg.CLI_MSG_ID_FIELD_NUMBER, cliMsgId)
            + tail.length;
    int bytes =
        CodedOutputStream.computeTagSize(ReqSendMsg.MSG_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(msgBytes)
            + msgBytes;
    byte[] frame = Method.frame(bytes);
    CodedOutputStream out = CodedOutputStream.newInstance(frame, Method.GRPC_PREFIX_BYTES, bytes);
    try {
      out.writeTag(ReqSendMsg.MSG_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(msgBytes);
      out.writeEnum(Msg.RECEIVER_TYPE_FIELD_NUMBER, receiverType);
      out.writeUInt64(Msg.RECEIVER_ID_FIELD_NUMBER, receiverId);
      out.writeUInt64(Msg.CLI_MSG_ID_FIELD_NUMBER, cliMsgId);
      out.writeRawBytes(tail);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frame;
  }
}
