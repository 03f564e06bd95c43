package dev.sixin.push;

import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.News.GroupJoined;
import dev.sixin.entity.News.GroupLeft;
import dev.sixin.entity.News.ReadFurther;
import dev.sixin.entity.News.RelationsChanged;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.News.SessionChanged;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.Typing;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Announcement;
import dev.sixin.store.Announcement.Announced;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final InstantSource clock;
  private final Tally tally;
  private final Lane lane;
  private final Thread thread;
  private volatile boolean closed;

  /// Changed with the lock of this object; read without it to spare announcements a way to nobody.
  private volatile int watchers;

  // With the lock of this object.
  private final Map<Long, Online> users = new HashMap<>();
  private final Map<Long, Set<Online>> groups = new HashMap<>();

  /// Changes that come in a row for one user, for they become one notice; null: none.
  private Notice changes;

  private long changesUid;

  /// How many streams there may be.
  ///
  /// @param perUser of one user; the oldest ends for a new one
  /// @param all of all users; more are refused
  public record Limits(int perUser, int all) {}

  /// Starts passing on what is announced.
  public Push(Limits limits, InstantSource clock, MeterRegistry meters) {
    this.limits = limits;
    this.clock = clock;
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
    Online user = users.computeIfAbsent(pass.uid(), Online::new);
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
    Online user = users.get(watcher.pass().uid());
    if (user != null) {
      user.enter(watcher, joined).forEach(groupId -> member(groupId, user));
    }
  }

  private void member(long groupId, Online user) {
    groups.computeIfAbsent(groupId, _ -> new HashSet<>()).add(user);
  }

  /// Tells a device that it may have missed something.
  ///
  /// @param newest the number of the last that it may have missed
  public synchronized void catchUp(Watcher watcher, long newest) {
    Online user = users.get(watcher.pass().uid());
    if (user != null) {
      user.catchUp(watcher, newest);
    }
  }

  /// A device watches no longer; no matter if it did not.
  public synchronized void leave(Watcher watcher) {
    Online user = users.get(watcher.pass().uid());
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
      users.remove(user.uid());
      user.groups().forEach(groupId -> removeMember(groupId, user));
    }
  }

  private void removeMember(long groupId, Online user) {
    Set<Online> members = groups.get(groupId);
    if (members != null && members.remove(user) && members.isEmpty()) {
      groups.remove(groupId);
    }
  }

  private void endAll(Predicate<Pass> whose, End reason) {
    List.copyOf(users.values())
        .forEach(user -> user.whose(whose).forEach(watcher -> end(user, watcher, reason)));
  }

  // Announcements

  /// Passes on that a user is writing to another. Never waits, and forgets it when too much waits.
  public void typing(long uid, long toUid) {
    if (watchers > 0) {
      lane.addIfRoom(new Announced(Entity.inbox(toUid), 0, new Typing(uid)));
    }
  }

  @Override
  public void hear(List<Announced> announced) {
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
        log.error("some watchers were not told of something", e);
      }
    }
  }

  private synchronized void pass(List<Announced> announced) {
    for (Announced one : announced) {
      pass((News) one.what(), Entity.number(one.entity()), Seqno.at(one.micros()));
    }
    tellChanges();
    long lostMicros = lane.lostMicros();
    if (lostMicros != 0) {
      Notice something = Notice.of(Seqno.at(lostMicros));
      users.values().forEach(user -> user.tell(something));
    }
  }

  private void pass(News news, long id, long number) {
    switch (news) {
      case Said said -> {
        tellChanges();
        pass(said, number);
      }
      case SessionChanged changed -> change(id, Notice.of(number, changed.talker()));
      case RelationsChanged changed -> {
        change(id, Notice.of(number));
        Online user = users.get(id);
        if (user != null) {
          user.forget(changed.lostFriendUid());
        }
      }
      case ReadFurther read -> tell(read.talkerUid(), new Moment.ReadFurther(id, read.seqno()));
      case Typing typing -> tell(id, new Moment.Typing(typing.senderUid()));
      case GroupJoined joined -> {
        Online user = users.get(id);
        if (user != null) {
          user.join(joined.groupId(), joined.seqno());
          member(joined.groupId(), user);
        }
      }
      case GroupLeft left -> {
        Online user = users.get(id);
        if (user != null) {
          user.leave(left.groupId());
          removeMember(left.groupId(), user);
        }
      }
      case TokensRevoked revoked -> {
        Online user = users.get(id);
        if (user != null) {
          user.whose(pass -> pass.issuedMicros() <= revoked.micros())
              .forEach(watcher -> end(user, watcher, End.KICKED_OUT));
        }
      }
    }
  }

  private void pass(Said said, long number) {
    Msg msg = said.msg();
    long sender = msg.getSenderUid();
    long receiver = msg.getReceiverId();
    if (msg.getReceiverType() != RecverType.EN_RECVER_TYPE_GROUP) {
      tell(sender, Notice.of(number, Talker.user(receiver), said));
      tell(receiver, Notice.of(number, Talker.user(sender), said));
      return;
    }
    Set<Online> members = groups.get(receiver);
    if (members != null) {
      Notice notice = Notice.of(number, Talker.group(receiver), said);
      for (Online member : members) {
        if (member.mayRead(receiver, msg.getMsgSeqno())) {
          member.tell(notice);
        }
      }
    }
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
    Online user = users.get(uid);
    if (user != null) {
      user.tell(notice);
    }
  }

  private void tell(long uid, Moment moment) {
    Online user = users.get(uid);
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
