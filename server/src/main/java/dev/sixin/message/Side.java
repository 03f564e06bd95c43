package dev.sixin.message;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.AutomaticRow;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.HorizonRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.StanceRow;

/// Whose running totals a message adds to: in a private conversation those of the user with the
/// lower or the higher uid, in a group those of all together, which stand as the lower ones.
enum Side {
  LOWER,
  HIGHER;

  /// The side that all members of a group share.
  static final Side GROUP = LOWER;

  /// A user's side in a private conversation.
  static Side of(long uid, long otherUid) {
    return Entity.isLower(uid, otherUid) ? LOWER : HIGHER;
  }

  Side other() {
    return this == LOWER ? HIGHER : LOWER;
  }

  Totals of(ConversationHead head) {
    return Totals.of(this == LOWER ? head.getLower() : head.getHigher());
  }

  Totals of(HorizonRow horizon) {
    return Totals.of(this == LOWER ? horizon.getLower() : horizon.getHigher());
  }

  Totals of(MessageRow row) {
    return Totals.of(this == LOWER ? row.getLower() : row.getHigher());
  }

  /// What the user on this side makes of the other.
  StanceRow stance(ConversationHead head) {
    return this == LOWER ? head.getLowerStance() : head.getHigherStance();
  }

  /// What was answered in the name of the user on this side.
  AutomaticRow automatic(ConversationHead head) {
    return this == LOWER ? head.getLowerAutomatic() : head.getHigherAutomatic();
  }

  /// Whether the user on this side has ever written to the other. What was answered in their name
  /// does not count: they may never have seen what it answered.
  boolean hasWritten(ConversationHead head) {
    return of(head).countable() > automatic(head).getCountable();
  }

  void set(ConversationHead.Builder head, StanceRow stance) {
    if (this == LOWER) {
      head.setLowerStance(stance);
    } else {
      head.setHigherStance(stance);
    }
  }

  void set(ConversationHead.Builder head, AutomaticRow automatic) {
    if (this == LOWER) {
      head.setLowerAutomatic(automatic);
    } else {
      head.setHigherAutomatic(automatic);
    }
  }

  void set(ConversationHead.Builder head, Totals totals) {
    if (this == LOWER) {
      head.setLower(totals.toRow());
    } else {
      head.setHigher(totals.toRow());
    }
  }
}
