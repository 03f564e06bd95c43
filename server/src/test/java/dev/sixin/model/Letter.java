package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.proto.type.Msg;

/// A message in the model.
final class Letter {
  private static final long EPOCH_SECONDS = 1_635_696_000;
  private static final int SECOND_BITS = 24;
  private static final int KEY_SECOND_SHIFT = 32;

  private final boolean business;
  private final long sentAtHighestSeconds;
  private Msg msg;

  /// @param msg all but its number and key, which the server chooses
  /// @param business whether a business account sent it
  Letter(Msg msg, boolean business, Time time) {
    this.msg = msg;
    this.business = business;
    this.sentAtHighestSeconds = time.highest().getEpochSecond();
  }

  Msg msg() {
    return msg;
  }

  long seqno() {
    return msg.getMsgSeqno();
  }

  /// Whether it counts as unread for who has not read it.
  boolean isCountable() {
    return Kind.isCountable(msg.getMsgTypeValue());
  }

  boolean isBusiness() {
    return business && Kind.isForBusiness(msg.getMsgTypeValue());
  }

  long sentAtHighestSeconds() {
    return sentAtHighestSeconds;
  }

  /// How it was taken back: 0 not at all, 1 by its sender, 2 by the site.
  int status() {
    return msg.getMsgStatus();
  }

  void recall(int status) {
    msg =
        msg.toBuilder().setMsgStatus(status).setContent(Kind.blank(msg.getMsgTypeValue())).build();
  }

  boolean isNew() {
    return msg.getMsgKey() == 0;
  }

  /// Takes the key and number that the server chose.
  ///
  /// @param before the number of the message before it in its conversation, 0 if it is the first
  /// @param lastKey the key of the message before it, in any conversation
  void adopt(long key, long seqno, long before, long lastKey, Time time) {
    long floor = (time.seconds() - EPOCH_SECONDS) << SECOND_BITS;
    assertThat(seqno)
        .as("msg_seqno: after the conversation's last, (seconds - 1635696000) << 24 | n")
        .isGreaterThan(before)
        .isGreaterThanOrEqualTo(floor)
        .isLessThan(Math.max(floor, before) + (1L << SECOND_BITS));
    assertThat(Long.compareUnsigned(key, lastKey)).as("msg_key: in the order of time").isPositive();
    assertThat(key >>> KEY_SECOND_SHIFT)
        .as("msg_key: seconds << 32 | ...")
        .isBetween(time.seconds(), time.highest().getEpochSecond() + 1);
    msg = msg.toBuilder().setMsgKey(key).setMsgSeqno(seqno).build();
  }
}
