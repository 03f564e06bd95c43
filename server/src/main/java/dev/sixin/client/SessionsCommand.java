package dev.sixin.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin sessions`: whom one talks with, what was said last and what is unread.
@Command(
    name = "sessions",
    description = "Lists your sessions, newest first.",
    mixinStandardHelpOptions = true)
public final class SessionsCommand implements Callable<Integer> {
  private static final int MAX_TEXT = 60;
  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm").withZone(ZoneId.systemDefault());

  @Mixin private Connection connection;

  @Option(names = "--size", defaultValue = "20", description = "how many, at most 100")
  private int size;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return connection.call(this::list, spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  private String list(ImInterfaceBlockingStub stub) {
    RspSessions answer = stub.getSessions(ReqGetSessions.newBuilder().setSize(size).build());
    if (answer.getSessionListCount() == 0) {
      return "no sessions yet";
    }
    StringBuilder text = new StringBuilder();
    answer.getSessionListList().forEach(session -> text.append(line(session)).append('\n'));
    text.append(answer.getHasMore() == 1 ? "… and more" : "that is all");
    return text.toString();
  }

  private static String line(SessionInfo session) {
    String marks = (session.getTopTs() != 0 ? "^" : " ") + (session.getIsFollow() != 0 ? "+" : " ");
    String unread = session.getUnreadCount() == 0 ? "" : "(" + session.getUnreadCount() + ")";
    Msg last = session.getLastMsg();
    String time =
        last.getTimestamp() == 0 ? "" : TIME.format(Instant.ofEpochSecond(last.getTimestamp()));
    boolean mine = session.getSessionType() == 1 && last.getSenderUid() != session.getTalkerId();
    String from = mine ? "me: " : "";
    return "%s %5s  %-11s  %s [%s]  %s"
        .formatted(
            marks,
            unread,
            time,
            session.getGroupName().isEmpty()
                ? session.getAccountInfo().getName()
                : session.getGroupName(),
            Long.toUnsignedString(session.getTalkerId()),
            last.getMsgSeqno() == 0 ? "" : from + text(last));
  }

  private static String text(Msg msg) {
    try {
      JsonNode json = JSON.readTree(msg.getContent());
      for (String member : new String[] {"content", "title", "text", "url"}) {
        if (json.path(member).isTextual()) {
          return cut(json.path(member).textValue());
        }
      }
    } catch (JsonProcessingException e) {
      return cut(msg.getContent()); // shown as it is
    }
    return cut(msg.getContent());
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "…";
  }
}
