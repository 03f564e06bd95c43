package dev.sixin.model;

import java.util.ArrayList;
import java.util.List;

/// What two users have written to each other, oldest first.
final class Conversation {
  private final List<Letter> letters = new ArrayList<>();

  List<Letter> letters() {
    return letters;
  }

  /// The number of the last message; 0: there is none.
  long lastSeqno() {
    return letters.isEmpty() ? 0 : letters.getLast().seqno();
  }

  /// Whether somebody has written here. Lines of the system are not written by anybody.
  boolean hasWritten(long uid) {
    return letters.stream()
        .anyMatch(letter -> letter.msg().getSenderUid() == uid && letter.isCountable());
  }

  /// What others than a user wrote after a message.
  List<Letter> unread(long uid, long ackSeqno) {
    return letters.stream()
        .filter(letter -> letter.msg().getSenderUid() != uid)
        .filter(letter -> letter.seqno() > ackSeqno)
        .filter(Letter::isCountable)
        .filter(letter -> letter.status() == 0)
        .toList();
  }
}
