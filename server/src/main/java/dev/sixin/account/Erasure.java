package dev.sixin.account;

import com.google.protobuf.ByteString;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.job.Jobs;
import dev.sixin.job.Jobs.Pace;
import dev.sixin.job.Jobs.Step;
import dev.sixin.message.Messages.Erased;
import dev.sixin.store.Key;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Erasing all that is kept of a user. What they said goes first everywhere: contents only, so that
/// the others' unread stays right. Then what hangs on it, the inbox last, for it knows where to
/// look.
public final class Erasure {
  /// How many conversations one step looks at.
  private static final int CONVERSATIONS = 20;

  private final Kept kept;
  private final Jobs jobs;
  private final Jobs.Kind kind;

  /// Erasure that goes on in the background.
  public Erasure(Kept kept, Jobs jobs) {
    this.kept = kept;
    this.jobs = jobs;
    this.kind = jobs.kind(6, "erase-user", Pace.BRISK, this::step);
  }

  /// Erases all that is kept of a user; of somebody unknown, nothing. Goes on whether or not
  /// anybody waits for it.
  ///
  /// @return how many messages lost their content, once all is gone
  public CompletableFuture<Long> begin(long uid) {
    return jobs.begin(kind, uid, 0);
  }

  /// The order of the work.
  private enum Phase {
    ACCOUNT(0),
    MESSAGES(1),
    MAILINGS(2),
    GROUPS(3),
    RELATIONS(4),
    INBOX(5);

    private final int code;

    Phase(int code) {
      this.code = code;
    }

    static Phase coded(int code) {
      return Arrays.stream(values()).filter(phase -> phase.code == code).findFirst().orElseThrow();
    }
  }

  /// Where the work goes on.
  ///
  /// @param talker the conversation that is worked on
  /// @param seqno the last message there that was looked at
  private record Place(Phase phase, Talker talker, long seqno) {
    private static final Talker NONE = new Talker(0, 0);
    private static final int TALKER_BYTES = NONE.key().length();

    static Place of(ByteString position) {
      if (position.isEmpty()) {
        return startOf(Phase.ACCOUNT);
      }
      Key key = Key.of(position.toByteArray());
      Talker talker = new Talker(key.u8At(1), key.u64At(2));
      return new Place(Phase.coded(key.u8At(0)), talker, key.u64At(1 + TALKER_BYTES));
    }

    static Place startOf(Phase phase) {
      return new Place(phase, NONE, 0);
    }

    ByteString position() {
      Key key = Key.of(phase.code).append(talker.key()).u64(seqno);
      return ByteString.copyFrom(key.bytes());
    }
  }

  private Step step(long uid, ByteString position) {
    Place place = Place.of(position);
    return switch (place.phase()) {
      case ACCOUNT -> {
        kept.users().erase(uid);
        yield goOn(0, Place.startOf(Phase.MESSAGES));
      }
      case MESSAGES -> eraseMessages(uid, place);
      case MAILINGS -> asLongAs(kept.messages().eraseSomeMailings(uid), place, Phase.GROUPS);
      case GROUPS -> leaveGroups(uid, place);
      case RELATIONS -> asLongAs(kept.relations().eraseSome(uid), place, Phase.INBOX);
      case INBOX -> kept.sessions().eraseSome(uid) ? goOn(0, place) : new Step(0, Optional.empty());
    };
  }

  private static Step goOn(long done, Place place) {
    return new Step(done, Optional.of(place.position()));
  }

  private static Step asLongAs(boolean more, Place place, Phase next) {
    return goOn(0, more ? place : Place.startOf(next));
  }

  private Step eraseMessages(long uid, Place place) {
    long erased = 0;
    Place at = place;
    for (int i = 0; i < CONVERSATIONS; i++) {
      if (at.seqno() == 0) {
        List<SessionRow> next = kept.sessions().stored(uid, at.talker(), 1);
        if (next.isEmpty()) {
          return goOn(erased, Place.startOf(Phase.MAILINGS));
        }
        at = new Place(Phase.MESSAGES, Talker.of(next.getFirst().getInfo()), 0);
      }
      Erased some = kept.messages().eraseSome(uid, at.talker(), at.seqno());
      erased += some.erased();
      at = new Place(Phase.MESSAGES, at.talker(), some.last().orElse(0L));
    }
    return goOn(erased, at);
  }

  private Step leaveGroups(long uid, Place place) {
    List<SessionRow> some = kept.sessions().stored(uid, place.talker(), CONVERSATIONS);
    for (SessionRow session : some) {
      if (session.getGroup().getMember()) {
        kept.groups().forget(session.getInfo().getTalkerId(), uid);
      }
    }
    return some.size() < CONVERSATIONS
        ? goOn(0, Place.startOf(Phase.RELATIONS))
        : goOn(0, new Place(Phase.GROUPS, Talker.of(some.getLast().getInfo()), 0));
  }
}
