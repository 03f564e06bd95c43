package dev.sixin.message;

import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.entity.rows.MarkRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.message.Rates.Permit;
import dev.sixin.proto.type.KeyHitInfos;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.store.Store;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.user.Users;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What is the same wherever a message goes: a retry gets the first answer, a banned sender gets
/// none, content must be legal, a sender may send only so much.
final class Sending {
  private final Store store;
  private final Users users;
  private final Messages.Rules rules;

  Sending(Store store, Users users, Messages.Rules rules) {
    this.store = store;
    this.users = users;
    this.rules = rules;
  }

  /// A draft as it would be stored, and what speaks against it whoever receives it.
  record Checked(Msg draft, Optional<Refusal> objection) {}

  /// Looks at what a message is and what it says.
  Checked check(Msg draft, Author author) {
    try {
      return new Checked(checked(draft, author), Optional.empty());
    } catch (Refusal refusal) {
      return new Checked(draft, Optional.of(refusal));
    }
  }

  private Msg checked(Msg draft, Author author) {
    int type = draft.getMsgTypeValue();
    if (!author.maySend(type)) {
      throw Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.msg_type: %d".formatted(type));
    }
    Optional<String> said = rules.content().check(type, draft.getContent());
    if (said.isPresent()) {
      return checkedText(draft, author, said.get());
    }
    Content.requireShort(draft.getContent());
    return draft;
  }

  private Msg checkedText(Msg draft, Author author, String said) {
    boolean oldNames = draft.getNewFaceVersion() == 0;
    String text = oldNames ? rules.site().emotes().withNewNames(said) : said;
    Msg stored =
        text.equals(said)
            ? draft
            : draft.toBuilder().setContent(Content.withText(draft.getContent(), text)).build();
    Content.requireShort(stored.getContent());
    Optional<KeywordRule> rule =
        author.bySite() ? Optional.empty() : rules.site().keywordRules().deciding(text);
    if (rule.isPresent() && rule.get().getRefuse()) {
      throw Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.content: a keyword rule refuses it");
    }
    return rule.map(hit -> withHit(stored, hit)).orElse(stored);
  }

  private static Msg withHit(Msg draft, KeywordRule rule) {
    KeyHitInfos hit =
        KeyHitInfos.newBuilder()
            .setToast(rule.getToast())
            .setRuleId(rule.getRuleId())
            .addAllHighText(rule.getHighTextList())
            .build();
    return draft.toBuilder().setKeyHitInfos(hit).build();
  }

  /// Writes a message into its conversation.
  @FunctionalInterface
  interface Attempt {
    /// Throws what speaks against it in the contract's order, the permit last.
    Msg append(Partition log, Permit permit);

    /// The message that was sent before, as a mark in its conversation says.
    default Optional<Msg> earlier(Partition log, MarkRow mark) {
      return Log.message(log, mark.getSeqno()).map(MessageRow::getMsg);
    }
  }

  /// Runs an attempt unless the message was sent before: then the first one is the answer, whatever
  /// would speak against it now.
  CompletableFuture<Msg> transact(Key conversation, Msg draft, Author author, Attempt attempt) {
    long bannedUntil = author.bySite() ? 0 : users.bannedUntil(draft.getSenderUid());
    boolean closed = rules.maintenance() && !author.bySite();
    Permit permit = author.bySite() ? Permit.UNLIMITED : rules.rates().take(draft.getSenderUid());
    CompletableFuture<Sent> sending;
    try {
      sending =
          store.transact(
              conversation,
              log -> {
                Optional<Msg> before =
                    Log.marked(log, draft).flatMap(mark -> attempt.earlier(log, mark));
                if (before.isPresent()) {
                  return new Sent(before.get(), true);
                }
                requireOpen(log, bannedUntil, closed);
                Msg msg = attempt.append(log, permit);
                Log.mark(log, msg);
                return new Sent(msg, false);
              });
    } catch (StoreOverloaded e) {
      permit.giveBack();
      throw e;
    }
    return sending
        .whenComplete(
            (sent, _) -> {
              if (sent == null || sent.before()) {
                permit.giveBack();
              }
            })
        .thenApply(Sent::msg);
  }

  private static void requireOpen(Partition log, long bannedUntil, boolean closed) {
    if (Long.compareUnsigned(log.seconds(), bannedUntil) < 0) {
      throw Refusal.of(Code.FORBIDDEN, "msg.sender_uid: banned from sending");
    }
    if (closed) {
      throw Refusal.of(Code.MAINTENANCE);
    }
  }

  private record Sent(Msg msg, boolean before) {}
}
