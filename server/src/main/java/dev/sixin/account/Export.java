package dev.sixin.account;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.message.Messages.History;
import dev.sixin.message.Messages.Stretch;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations.Pair;
import dev.sixin.store.Order;
import java.util.List;
import java.util.function.Consumer;

/// Handing over all that is kept of a user, as lines of JSON:
///
/// ```
/// {"kind":"profile","value":{…}}          what the site said: also tokens, feed, notice, live, ban
/// {"kind":"preferences","value":{…}}      what the user chose: also auto_replies
/// {"kind":"relation","uid":"7","value":{…}}
/// {"kind":"inbox","value":{…}}
/// {"kind":"device","device":"…","value":{…}}
/// {"kind":"session","value":{…}}          each followed by what can be read there:
/// {"kind":"group","value":{…}}
/// {"kind":"message","talker_id":"7","session_type":1,"value":{…}}
/// ```
///
/// Values are protobuf's JSON with the field names of the .proto files. No more than a page of
/// anything is in memory at once.
public final class Export {
  private static final int PAGE = 500;
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().omittingInsignificantWhitespace().preservingProtoFieldNames();

  private final Kept kept;

  /// Export of what these keep.
  public Export(Kept kept) {
    this.kept = kept;
  }

  /// Hands over all that is kept of a user, line by line, line ends included.
  public void of(long uid, Consumer<String> lines) {
    kept.users().everything(uid).forEach((kind, row) -> lines.accept(line(kind, "", row)));
    relations(uid, lines);
    lines.accept(line("inbox", "", kept.sessions().head(uid)));
    kept.sessions()
        .devices(uid)
        .forEach(
            (name, row) -> {
              String quoted = JsonNodeFactory.instance.textNode(name).toString();
              lines.accept(line("device", ",\"device\":" + quoted, row));
            });
    Talker after = new Talker(0, 0);
    List<SessionRow> some;
    do {
      some = kept.sessions().stored(uid, after, PAGE);
      for (SessionRow session : some) {
        after = Talker.of(session.getInfo());
        lines.accept(line("session", "", session));
        conversation(uid, after, lines);
      }
    } while (some.size() == PAGE);
  }

  private void relations(long uid, Consumer<String> lines) {
    long after = 0;
    List<Pair> some;
    do {
      some = kept.relations().pairs(uid, after, PAGE);
      for (Pair pair : some) {
        after = pair.otherUid();
        String other = Long.toUnsignedString(after);
        lines.accept(line("relation", ",\"uid\":\"%s\"".formatted(other), pair.relation()));
      }
    } while (some.size() == PAGE);
  }

  private void conversation(long uid, Talker talker, Consumer<String> lines) {
    if (!talker.isUser()) {
      kept.groups().find(talker.id()).ifPresent(group -> lines.accept(line("group", "", group)));
    }
    String where =
        ",\"talker_id\":\"%s\",\"session_type\":%d"
            .formatted(Long.toUnsignedString(talker.id()), talker.type());
    try {
      History page;
      long last = 0;
      do {
        Stretch rest = new Stretch(last, 0);
        page = kept.messages().history(uid, talker, rest, Order.ASCENDING, PAGE);
        for (Msg msg : page.messages()) {
          lines.accept(line("message", where, msg));
          last = msg.getMsgSeqno();
        }
      } while (page.hasMore());
    } catch (Refusal refusal) {
      return; // a group that the user can read no longer
    }
  }

  private static String line(String kind, String where, MessageOrBuilder value) {
    try {
      return "{\"kind\":\"%s\"%s,\"value\":%s}\n".formatted(kind, where, JSON.print(value));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without Any can be printed", e);
    }
  }
}
