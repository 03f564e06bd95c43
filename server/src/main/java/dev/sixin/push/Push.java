package dev.sixin.push;

import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.News.GroupJoined;
import dev.sixin.entity.News.GroupLeft;
import dev.sixin.entity.News.ReadFurther;
import dev.sixin.entity.News.RelationsChanged;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.News.SessionChanged;
import dev.sixin.entity.News.SiteChanged;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.Typing;
import dev.sixin.entity.News.UserChanged;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Announcement;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Key;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All devices that watch, and what becomes of announcements: one thread passes them on, to the
/// devices of the users whom they concern. Of a group these are the members that watch now, so a
/// message costs nothing for the others.
///
/// A device is known here before what it may have missed is looked for, so nothing falls between.
public final class Push implements Announcement.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Push.class);
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final Limits limits;
  private final Others others;
  private final InstantSource clock;
  private final Tally tally;
  private final Lane lane;
  private final Thread thread;
  private volatile boolean closed;

  /// Changed with the lock of this object; read without it to spare announcements a way to nobody.
  private volatile int watchers;

  // With the lock of this object.
  private final Crowd crowd;

  /// Changes that come in a row for one user, for they become one notice; null: none.
  private Notice changes;

  private long changesUid;

  /// How many streams there may be.
  ///
  /// @param perUser of one user; the oldest ends for a new one
  /// @param all of all users; more are refused
  public record Limits(int perUser, int all) {}

  /// Starts passing on what is announced, on the only server that there is.
  public Push(Limits limits, InstantSource clock, MeterRegistry meters) {
    this(limits, Others.NONE, clock, meters);
  }

  /// Starts passing on what is announced, here and to others.
  public Push(Limits limits, Others others, InstantSource clock, MeterRegistry meters) {
    this.limits = limits;
    this.others = others;
    this.clock = clock;
    this.crowd = new Crowd(others);
    this.tally = new Tally(meters);
    this.lane = new Lane(tally);
    Gauge.builder("sixin.push.watchers", this, push -> push.watchers)
        .description("Open streams of live push")
        .register(meters);
    this.thread = Thread.ofPlatform().name("push").daemon().start(this::run);
  }

  /// How many devices watch.
  public int watchers() {
    return watchers;
  }

  // Devices

  /// Lets a device watch. Until [#enter] it is told nothing of groups.
  ///
  /// Refuses when there are too many (-509).
  ///
  /// @param wish what it is told; the devices of one user ask the same of moments, if they do
  public synchronized Watcher watch(Pass pass, Wish wish, Line line) {
    if (watchers >= limits.all() || closed) {
      throw Refusal.of(Code.OVERLOADED, "watchers: %d (the limit)".formatted(watchers));
    }
    Watcher watcher = new Watcher(pass, wish, line, tally);
    Online user = crowd.welcome(pass.uid());
    user.add(watcher);
    watchers++;
    if (user.count() > limits.perUser()) {
      end(user, user.oldest(), End.REPLACED);
    }
    return watcher;
  }

  /// Tells a new device of its user's groups too.
  ///
  /// @param joined the groups, read after [#watch], and the last message that was in each when the
  ///   user joined
  public synchronized void enter(Watcher watcher, Map<Long, Long> joined) {
    Online user = crowd.user(watcher.pass().uid());
    if (user != null) {
      user.enter(watcher, joined).forEach(groupId -> crowd.addMember(groupId, user));
    }
  }

  /// A new device knows all that happened.
  ///
  /// @param newest the number of the last of it
  public void knows(Watcher watcher, long newest) {
    watcher.knows(newest);
  }

  /// Returns when what other servers announce from now on is heard for all devices, or after a
  /// moment.
  public void settle() {
    others.settle();
  }

  /// Tells a device that it may have missed something.
  ///
  /// @param newest the number of the last that it may have missed
  public synchronized void catchUp(Watcher watcher, long newest) {
    Online user = crowd.user(watcher.pass().uid());
    if (user != null) {
      user.catchUp(watcher, newest);
    }
  }

  /// Who watches.
  public synchronized List<Watching> watching() {
    return crowd.all().stream().map(user -> new Watching(user.uid(), user.memberships())).toList();
  }

  /// A user of whom some device watches.
  ///
  /// @param memberships how often those of the user were seen to change
  public record Watching(long uid, long memberships) {}

  /// The groups of whose members somebody watches.
  public synchronized List<Long> watchedGroups() {
    return crowd.groups();
  }

  /// Takes what is stored of a user who watches: devices that were told of less are told that they
  /// may have missed something.
  ///
  /// @param user as before it was read
  /// @param joined the groups of the user, and the last message that was in each when they joined
  /// @param newest the number of the last that happened for the user, groups left aside
  public synchronized void compare(Watching user, Map<Long, Long> joined, long newest) {
    Online online = crowd.user(user.uid());
    if (online == null) {
      return;
    }
    if (online.memberships() == user.memberships()) {
      List<Long> left = online.groups().stream().filter(id -> !joined.containsKey(id)).toList();
      left.forEach(groupId -> crowd.leave(online, groupId));
      joined.forEach((groupId, seqno) -> crowd.join(online, groupId, seqno));
    }
    online.compare(newest);
  }

  /// As above, of the group's members who watch.
  ///
  /// @param newest the number of the last that happened in the group
  public synchronized void compare(long groupId, long newest) {
    crowd.members(groupId).forEach(member -> member.compare(newest));
  }

  /// Ends the streams of a user whose tokens were issued by then, in microseconds since 1970.
  public synchronized void revoked(long uid, long micros) {
    Online user = crowd.user(uid);
    if (user != null) {
      user.whose(pass -> pass.issuedMicros() <= micros)
          .forEach(watcher -> end(user, watcher, End.KICKED_OUT));
    }
  }

  /// A device watches no longer; no matter if it did not.
  public synchronized void leave(Watcher watcher) {
    Online user = crowd.user(watcher.pass().uid());
    if (user != null) {
      remove(user, watcher);
    }
  }

  private void end(Online user, Watcher watcher, End reason) {
    remove(user, watcher);
    watcher.end(reason);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // with the lock
  private void remove(Online user, Watcher watcher) {
    if (!user.remove(watcher)) {
      return;
    }
    watchers--;
    if (user.count() == 0) {
      crowd.farewell(user);
    }
  }

  private void endAll(Predicate<Pass> whose, End reason) {
    crowd.all().forEach(user -> user.whose(whose).forEach(watcher -> end(user, watcher, reason)));
  }

  // Announcements

  /// Passes on that a user is writing to another. Never waits, and forgets it when too much waits.
  public void typing(long uid, long toUid) {
    Announced typing = new Announced(Entity.inbox(toUid), 0, new Typing(uid));
    if (watchers > 0) {
      lane.addIfRoom(typing);
    }
    others.tell(List.of(typing));
  }

  @Override
  public void hear(List<Announced> announced) {
    hearFromOthers(announced);
    others.tell(announced);
  }

  /// Passes on what was announced on another server.
  public void hearFromOthers(List<Announced> announced) {
    if (watchers > 0) {
      lane.add(announced);
    }
  }

  private void run() {
    long sweptNanos = System.nanoTime();
    while (!closed) {
      try {
        pass(lane.next(SWEEP));
        if (System.nanoTime() - sweptNanos >= SWEEP.toNanos()) {
          sweptNanos = System.nanoTime();
          sweep();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        log.error("some watchers were not told of some things", e);
      }
    }
  }

  private synchronized void pass(List<Announced> announced) {
    for (Announced one : announced) {
      try {
        pass(one.entity(), (News) one.what(), Seqno.at(one.micros()));
      } catch (RuntimeException e) { // what follows is told
        log.error("some watchers were not told of something", e);
      }
    }
    tellChanges();
    long lostMicros = lane.lostMicros();
    if (lostMicros != 0) {
      Notice something = Notice.of(Seqno.at(lostMicros));
      crowd.all().forEach(user -> user.tell(something));
    }
  }

  private void pass(Key entity, News news, long number) {
    long id = news instanceof SiteChanged ? 0 : Entity.number(entity); // there is but one site
    switch (news) {
      case Said said -> {
        tellChanges();
        if (Entity.isInbox(entity)) {
          tell(id, said, number);
        } else {
          pass(said, number);
        }
      }
      case SessionChanged changed -> change(id, Notice.of(number, changed.talker()));
      case RelationsChanged changed -> {
        change(id, Notice.of(number));
        Online user = crowd.user(id);
        if (user != null) {
          user.forget(changed.lostFriendUid());
        }
      }
      case ReadFurther read -> tell(read.talkerUid(), new Moment.ReadFurther(id, read.seqno()));
      case Typing typing -> tell(id, new Moment.Typing(typing.senderUid()));
      case GroupJoined joined -> {
        Online user = crowd.user(id);
        if (user != null) {
          crowd.join(user, joined.groupId(), joined.seqno());
        }
      }
      case GroupLeft left -> {
        Online user = crowd.user(id);
        if (user != null) {
          crowd.leave(user, left.groupId());
        }
      }
      case TokensRevoked revoked -> revoked(id, revoked.micros());
      case UserChanged _, SiteChanged _ -> {} // who watches is not told
    }
  }

  private void pass(Said said, long number) {
    Msg msg = said.msg();
    long receiver = msg.getReceiverId();
    if (msg.getReceiverType() != RecverType.EN_RECVER_TYPE_GROUP) {
      tell(msg.getSenderUid(), said, number);
      tell(receiver, said, number);
      return;
    }
    Notice notice = Notice.of(number, Talker.group(receiver), said);
    for (Online member : crowd.members(receiver)) {
      if (member.mayRead(receiver, msg.getMsgSeqno())) {
        member.tell(notice);
      }
    }
  }

  /// Tells one of the two of what was said in a private conversation.
  private void tell(long uid, Said said, long number) {
    Msg msg = said.msg();
    long other = msg.getSenderUid() == uid ? msg.getReceiverId() : msg.getSenderUid();
    tell(uid, Notice.of(number, Talker.user(other), said));
  }

  private void change(long uid, Notice notice) {
    if (changes != null && changesUid == uid) {
      changes = changes.and(notice);
      return;
    }
    tellChanges();
    changes = notice;
    changesUid = uid;
  }

  private void tellChanges() {
    if (changes != null) {
      tell(changesUid, changes);
      changes = null;
    }
  }

  private void tell(long uid, Notice notice) {
    Online user = crowd.user(uid);
    if (user != null) {
      user.tell(notice);
    }
  }

  private void tell(long uid, Moment moment) {
    Online user = crowd.user(uid);
    try {
      if (user != null) {
        user.tell(moment);
      }
    } catch (RuntimeException e) { // who may know it can not be found out; what follows is told
      log.error("somebody was not told what somebody else does", e);
    }
  }

  /// Ends the streams whose tokens have expired.
  private synchronized void sweep() {
    long now = clock.instant().getEpochSecond();
    endAll(pass -> pass.expiresSeconds() <= now, End.KICKED_OUT);
  }

  /// Ends all streams, and lets no more begin.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      endAll(_ -> true, End.STOPPING);
    }
    thread.interrupt();
  }
}
