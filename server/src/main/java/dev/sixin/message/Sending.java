package dev.sixin.message;

import dev.sixin.entity.rows.MarkRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.message.Rates.Permit;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.store.Store;
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

  /// Why a message can not be sent by its author whoever receives it, if something says so.
  Optional<Refusal> objection(Msg draft, Author author) {
    int type = draft.getMsgTypeValue();
    if (!author.maySend(type)) {
      return Optional.of(Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.msg_type: %d".formatted(type)));
    }
    try {
      rules.content().check(type, draft.getContent());
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
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
    Permit permit = author.bySite() ? Permit.UNLIMITED : rules.rates().take(draft.getSenderUid());
    long bannedUntil = author.bySite() ? 0 : users.bannedUntil(draft.getSenderUid());
    boolean closed = rules.maintenance() && !author.bySite();
    return store
        .transact(
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
            })
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
