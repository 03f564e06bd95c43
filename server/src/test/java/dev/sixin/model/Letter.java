package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.util.List;

/// A message in the model.
final class Letter {
  private static final long EPOCH_SECONDS = 1_635_696_000;
  private static final int SECOND_BITS = 24;
  private static final int KEY_SECOND_SHIFT = 32;

  private final boolean business;
  private final long sentAtHighestSeconds;
  private final List<String> named;
  private Msg msg;

  /// @param msg all but its number and key, which the server chooses
  /// @param business whether a business account sent it
  Letter(Msg msg, boolean business, Time time) {
    this(msg, business, List.of(), time);
  }

  private Letter(Msg msg, boolean business, List<String> named, Time time) {
    this.msg = msg;
    this.business = business;
    this.named = named;
    this.sentAtHighestSeconds = time.highest().getEpochSecond();
  }

  /// A line that a group writes itself.
  ///
  /// @param named what its words must hold
  static Letter line(Msg msg, List<String> named, Time time) {
    return new Letter(msg, false, named, time);
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
        msg.toBuilder()
            .setMsgStatus(status)
            .setContent(Kind.blank(msg.getMsgTypeValue()))
            .clearAtUids()
            .clearKeyHitInfos()
            .build();
  }

  /// Its place in a group, where messages are counted.
  void number(long seqno) {
    msg = msg.toBuilder().setMsgSeqno(seqno).build();
  }

  boolean isNew() {
    return msg.getMsgKey() == 0;
  }

  /// Takes the key and number that the server chose.
  ///
  /// @param before the number of the message before it in its conversation, 0 if it is the first
  /// @param lastKey the key of the message before it, in any conversation
  void adopt(long key, long seqno, long before, long lastKey, Time time) {
    if (msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP) {
      assertThat(seqno).as("msg_seqno in a group: dense").isEqualTo(before + 1);
    } else {
      long floor = (time.seconds() - EPOCH_SECONDS) << SECOND_BITS;
      assertThat(seqno)
          .as("msg_seqno: after the conversation's last, (seconds - 1635696000) << 24 | n")
          .isGreaterThan(before)
          .isGreaterThanOrEqualTo(floor)
          .isLessThan(Math.max(floor, before) + (1L << SECOND_BITS));
    }
    adoptKey(key, lastKey, time);
    msg = msg.toBuilder().setMsgSeqno(seqno).build();
  }

  /// Takes the key that the server chose.
  void adoptKey(long key, long lastKey, Time time) {
    assertThat(Long.compareUnsigned(key, lastKey)).as("msg_key: in the order of time").isPositive();
    assertThat(key >>> KEY_SECOND_SHIFT)
        .as("msg_key: seconds << 32 | ...")
        .isBetween(time.seconds(), time.highest().getEpochSecond() + 1);
    msg = msg.toBuilder().setMsgKey(key).build();
  }

  /// Takes the words of a group's line, which are the server's own; they must name its group and
  /// whom it is about.
  void adoptWords(String content) {
    if (msg.getContent().isEmpty()) {
      assertThat(content)
          .startsWith("{\"group_id\":%s,".formatted(Long.toUnsignedString(msg.getReceiverId())));
      named.forEach(name -> assertThat(content).contains(name));
      msg = msg.toBuilder().setContent(content).build();
    }
  }
}
