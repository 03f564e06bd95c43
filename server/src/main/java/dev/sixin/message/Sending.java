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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What is the same wherever a message goes: a retry gets the first answer, content must be legal,
/// a sender may send only so much.
final class Sending {
  private final Store store;
  private final Content content;
  private final Rates rates;

  Sending(Store store, Content content, Rates rates) {
    this.store = store;
    this.content = content;
    this.rates = rates;
  }

  /// Why a message can not be sent by its author whoever receives it, if something says so.
  Optional<Refusal> objection(Msg draft, Author author) {
    int type = draft.getMsgTypeValue();
    if (!author.maySend(type)) {
      return Optional.of(Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.msg_type: %d".formatted(type)));
    }
    try {
      content.check(type, draft.getContent());
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
    Permit permit = author.bySite() ? Permit.UNLIMITED : rates.take(draft.getSenderUid());
    return store
        .transact(
            conversation,
            log -> {
              Optional<Msg> before =
                  Log.marked(log, draft).flatMap(mark -> attempt.earlier(log, mark));
              return new Sent(before.orElseGet(() -> append(log, permit, attempt)), before);
            })
        .whenComplete(
            (sent, _) -> {
              if (sent == null || sent.before().isPresent()) {
                permit.giveBack();
              }
            })
        .thenApply(Sent::msg);
  }

  private record Sent(Msg msg, Optional<Msg> before) {}

  private static Msg append(Partition log, Permit permit, Attempt attempt) {
    Msg msg = attempt.append(log, permit);
    Log.mark(log, msg);
    return msg;
  }
}
