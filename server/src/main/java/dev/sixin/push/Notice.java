package dev.sixin.push;

import dev.sixin.entity.News.Said;
import dev.sixin.entity.Talker;
import java.util.Optional;

/// That something happened, as the user whom it concerns is told.
///
/// @param number the user's lastest_seqno with it
/// @param talker whose session it belongs to; [Talker#NOBODY]: to none, or to several
/// @param msgType of the message, 0 when it is none
/// @param said the message itself; empty when there is none, or more than one
public record Notice(long number, Talker talker, int msgType, Optional<Said> said)
    implements Signal {
  /// That something happened, whatever it was.
  static Notice of(long number) {
    return of(number, Talker.NOBODY);
  }

  /// That something about a session changed.
  static Notice of(long number, Talker talker) {
    return new Notice(number, talker, 0, Optional.empty());
  }

  /// That a message came. Its content may stand elsewhere: then it is to be fetched.
  static Notice of(long number, Talker talker, Said said) {
    return new Notice(
        number,
        talker,
        said.msg().getMsgTypeValue(),
        said.msg().getContent().isEmpty() ? Optional.empty() : Optional.of(said));
  }

  Notice numbered(long other) {
    return new Notice(other, talker, msgType, said);
  }

  /// This and a later one as one, after which the device has to look for itself.
  Notice and(Notice later) {
    boolean sameTalker = later.talker.equals(talker);
    return new Notice(
        Math.max(number, later.number),
        sameTalker ? talker : Talker.NOBODY,
        sameTalker ? later.msgType : 0,
        Optional.empty());
  }
}
