package dev.sixin.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What two users have written to each other, oldest first.
final class Conversation {
  private static final int DAY_SECONDS = 24 * 60 * 60;

  private final List<Letter> letters = new ArrayList<>();
  private final Set<Long> onceWrote = new HashSet<>();
  private long horizon;

  List<Letter> letters() {
    return letters;
  }

  /// The number of the last message; 0: there was none.
  long lastSeqno() {
    return letters.isEmpty() ? horizon : letters.getLast().seqno();
  }

  /// The number of the last message that is not kept any more; 0: all are.
  long horizon() {
    return horizon;
  }

  /// Forgets messages that are older than a number of days, if it is not 0, and those before the
  /// newest so many that count, if that is not 0 and they are a day old.
  void forget(int days, int count, long nowSeconds) {
    while (!letters.isEmpty()) {
      Letter oldest = letters.getFirst();
      long age = nowSeconds - oldest.sentAtHighestSeconds();
      long newer = letters.stream().skip(1).filter(Letter::isCountable).count();
      boolean old = days != 0 && age >= (long) days * DAY_SECONDS;
      boolean tooMany = count != 0 && newer >= count && age >= DAY_SECONDS;
      if (!old && !tooMany) {
        return;
      }
      if (oldest.isCountable()) {
        onceWrote.add(oldest.msg().getSenderUid());
      }
      horizon = oldest.seqno();
      letters.removeFirst();
    }
  }

  /// Whether somebody has written here. Lines of the system are not written by anybody.
  boolean hasWritten(long uid) {
    return onceWrote.contains(uid)
        || letters.stream()
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
