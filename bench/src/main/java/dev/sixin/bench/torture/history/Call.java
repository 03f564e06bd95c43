package dev.sixin.bench.torture.history;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Locale;

/// What a client asked for, or what happened to the server.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "call")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Call.Send.class, name = "send"),
  @JsonSubTypes.Type(value = Call.Ack.class, name = "ack"),
  @JsonSubTypes.Type(value = Call.Pin.class, name = "pin"),
  @JsonSubTypes.Type(value = Call.Join.class, name = "join"),
  @JsonSubTypes.Type(value = Call.Relate.class, name = "relate"),
  @JsonSubTypes.Type(value = Call.News.class, name = "news"),
  @JsonSubTypes.Type(value = Call.Sessions.class, name = "sessions"),
  @JsonSubTypes.Type(value = Call.Fetch.class, name = "fetch"),
  @JsonSubTypes.Type(value = Call.Unread.class, name = "unread"),
  @JsonSubTypes.Type(value = Call.Watch.class, name = "watch"),
  @JsonSubTypes.Type(value = Call.Processed.class, name = "processed"),
  @JsonSubTypes.Type(value = Call.Trespass.class, name = "trespass"),
  @JsonSubTypes.Type(value = Call.Event.class, name = "event")
})
public sealed interface Call {
  /// Who asked; 0: nobody did.
  long uid();

  /// Of which sort it is, in a word.
  default String word() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /// SendMsg, for the first time or again. Of type 5: takes a message back, content is its key.
  record Send(long uid, Talk talk, long cliMsgId, int type, String content) implements Call {}

  /// UpdateAck.
  ///
  /// @param seqno 0: the last message
  record Ack(long uid, Talk talk, long seqno) implements Call {}

  /// SetTop.
  record Pin(long uid, Talk talk, boolean pinned) implements Call {}

  /// Admin.SetMembers: a user joins a group.
  record Join(long uid, Talk talk) implements Call {}

  /// Admin.SetRelations, with one relation.
  record Relate(long uid, long otherUid, Act act) implements Call {}

  /// What a user does about another.
  enum Act {
    /// Follows.
    FOLLOW,
    /// No longer follows.
    UNFOLLOW,
    /// Blocks, which ends the follows in both directions.
    BLOCK,
    /// No longer blocks.
    UNBLOCK
  }

  /// NewSessions.
  record News(long uid, long beginTs) implements Call {}

  /// GetSessions, list 4.
  record Sessions(long uid) implements Call {}

  /// SyncFetchSessionMsgs.
  ///
  /// @param begin messages with greater numbers; 0: all
  /// @param upward the oldest first, else the newest
  /// @param collecting whether the client keeps what it gets and will go on after it
  record Fetch(long uid, Talk talk, long begin, boolean upward, boolean collecting)
      implements Call {}

  /// SingleUnread.
  record Unread(long uid) implements Call {}

  /// WatchNotify: one entry for each notice of a stream.
  ///
  /// @param stream each has its own number
  record Watch(long uid, long stream) implements Call {}

  /// SyncAck.
  record Processed(long uid, long seqno) implements Call {}

  /// Something that is not this user's to ask for.
  record Trespass(long uid, String what) implements Call {}

  /// What happened to the server, or to all clients.
  record Event(Kind kind, String what) implements Call {
    /// How a fault that begins is said, after its name.
    public static final String BEGINS = " begins";

    /// How a fault that is over is said, after its name.
    public static final String IS_OVER = " is over";

    /// What it means for the calls around it.
    public enum Kind {
      /// A fault begins or ends.
      FAULT,
      /// The server process is gone: what it had not answered will not happen later.
      GONE,
      /// From here on everything is read for the last time and nothing changes.
      SETTLED,
      /// What one call changes in several places changes there one after another: at once before it
      /// is answered, or, if that takes too long, some minutes later; and what is read in several
      /// places is not one moment of them. It says what can not be asked for then.
      APART,
      /// Something that must not happen did, which no call shows.
      WRONG
    }

    @Override
    public long uid() {
      return 0;
    }
  }
}
