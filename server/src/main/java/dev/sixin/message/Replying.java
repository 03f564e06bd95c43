package dev.sixin.message;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.KeywordReply;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Happening.AutoReplied;
import dev.sixin.entity.rows.PreferencesRow;
import dev.sixin.message.Sending.Checked;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.user.Preference;
import dev.sixin.user.Users;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is answered in a user's name, made ready before it is known whether it is due: that the
/// conversation decides ([PrivateTalk#autoReplied]). It must pass the checks that any message of
/// the user's passes.
final class Replying {
  private static final int NEW_NAMES = 1;

  private final Sending sending;
  private final Users users;
  private final int node;

  Replying(Sending sending, Users users, int node) {
    this.sending = sending;
    this.users = users;
    this.node = node;
  }

  /// The answer to a message that a person writes to another. Nobody answers business and system
  /// accounts or what the site sends.
  Optional<AutoReplied> toMessage(Msg msg, Author author) {
    PreferencesRow chosen = users.preferences(msg.getReceiverId());
    boolean keywords = Preference.KEYS_REPLY.isOn(chosen);
    boolean received = Preference.RECV_REPLY.isOn(chosen);
    if (!(keywords || received) || author.bySite() || author.isOfficial()) {
      return Optional.empty();
    }
    AutoReplies replies = users.autoReplies(msg.getReceiverId());
    Optional<KeywordReply> keyword =
        keywords
            ? Content.textOf(msg).flatMap(text -> fitting(replies.getKeywordsList(), text))
            : Optional.empty();
    if (keyword.isPresent()) {
      return reply(msg, MsgSource.EN_MSG_SOURCE_AUTOREPLY_BY_KEYWORDS, keyword.get().getText());
    }
    return received
        ? reply(msg, MsgSource.EN_MSG_SOURCE_AUTOREPLY_BY_RECEIVE_MSG, replies.getReceived())
        : Optional.empty();
  }

  private static Optional<KeywordReply> fitting(List<KeywordReply> replies, String said) {
    String text = said.strip().toLowerCase(Locale.ROOT);
    return replies.stream()
        .filter(
            reply ->
                reply.getExactList().stream().map(Replying::folded).anyMatch(text::equals)
                    || reply.getContainedList().stream()
                        .map(Replying::folded)
                        .anyMatch(text::contains))
        .findFirst();
  }

  private static String folded(String word) {
    return word.strip().toLowerCase(Locale.ROOT);
  }

  private Optional<AutoReplied> reply(Msg msg, MsgSource source, String text) {
    return from(msg.getReceiverId(), msg.getSenderUid(), source, text);
  }

  /// The answer to a person who begins to follow a user.
  Optional<AutoReplied> toFollower(long followerUid, long uid) {
    if (!Preference.FOLLOWED_REPLY.isOn(users.preferences(uid))
        || users.find(followerUid).map(Author::isOfficial).orElse(true)) {
      return Optional.empty();
    }
    String text = users.autoReplies(uid).getFollowed();
    return from(uid, followerUid, MsgSource.EN_MSG_SOURCE_AUTOREPLY_BY_FOLLOWED, text);
  }

  private Optional<AutoReplied> from(long uid, long peerUid, MsgSource source, String text) {
    User user = users.get(uid);
    if (text.isBlank() || !user.getAutoReplyAllowed()) {
      return Optional.empty();
    }
    Msg draft =
        Msg.newBuilder()
            .setSenderUid(uid)
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
            .setReceiverId(peerUid)
            .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
            .setContent(JsonNodeFactory.instance.objectNode().put("content", text).toString())
            .setMsgSource(source)
            .setNewFaceVersion(NEW_NAMES)
            .build();
    Checked checked = sending.check(draft, new Author(user, false));
    if (checked.objection().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new AutoReplied(
            checked.draft(),
            user.getSystemMsgType(),
            users.get(peerUid).getSystemMsgType(),
            users.bannedUntil(uid),
            node));
  }
}
