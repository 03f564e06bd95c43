package dev.sixin.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sixin send`: one text to one person.
@Command(name = "send", description = "Sends a text.", mixinStandardHelpOptions = true)
public final class SendCommand implements Callable<Integer> {
  @Mixin private Connection connection;

  @Option(names = "--to", required = true, description = "the receiver's uid")
  private long to;

  @Parameters(paramLabel = "TEXT", description = "what to say")
  private String text;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String content = JsonNodeFactory.instance.objectNode().put("content", text).toString();
    ReqSendMsg request =
        ReqSendMsg.newBuilder()
            .setMsg(
                Msg.newBuilder()
                    .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
                    .setReceiverId(to)
                    .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
                    .setCliMsgId(new SecureRandom().nextLong() | 1)
                    .setContent(content))
            .build();
    return connection.call(
        stub ->
            "sent to %d: %s (msg_key %s)"
                .formatted(to, text, Long.toUnsignedString(stub.sendMsg(request).getMsgKey())),
        spec.commandLine().getOut(),
        spec.commandLine().getErr());
  }
}
