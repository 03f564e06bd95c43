package dev.sixin.bench.torture;

import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Call.Trespass;
import dev.sixin.bench.torture.history.Line;
import dev.sixin.bench.torture.history.Outcome;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Sent;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import dev.sixin.bench.torture.history.Talk;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A client that does what people do, and what nobody should: writes, tries again, takes back,
/// reads, pins, and asks for what is not its user's.
final class Writer implements Runnable {
  private static final int PAGE = 20;
  private static final int REMEMBERED = 50;
  private static final int GIVES_UP_PERCENT = 10;
  private static final int TWICE_AT_ONCE_PERCENT = 5;

  private final Client client;
  private final RandomGenerator random;
  private final Duration pause;
  private final boolean pins;
  private final List<Talk> talks;
  private final List<Talk> elsewhere;
  private long nextCliMsgId;

  /// What it sent and knows the key of, the last first.
  private final Deque<Mine> sent = new ArrayDeque<>();

  /// Messages of others that it saw, the last first.
  private final Deque<Seen> seen = new ArrayDeque<>();

  private record Mine(Send send, long key) {}

  private record Seen(Talk talk, Line line) {}

  /// @param number of this client, each has its own
  /// @param pause between calls, on average
  /// @param pins whether it pins and unpins; one client of a user does
  Writer(Client client, int number, RandomGenerator random, Duration pause, boolean pins) {
    this.client = client;
    this.random = random;
    this.pause = pause;
    this.pins = pins;
    this.talks = Stage.talksOf(client.uid());
    this.elsewhere = Stage.groupsWithout(client.uid());
    this.nextCliMsgId = number * 1_000_000_000L;
  }

  @Override
  public void run() {
    while (client.stage().phase().isWriting()) {
      act();
      LockSupport.parkNanos(random.nextLong(1 + 2 * pause.toNanos()));
    }
  }

  private void act() {
    int what = random.nextInt(100);
    if (what < 45) {
      say(any(talks));
    } else if (what < 54) {
      takeBack();
    } else if (what < 57) {
      sayAgain();
    } else if (what < 70) {
      look();
    } else if (what < 82) {
      read();
    } else if (what < 88) {
      pin();
    } else if (what < 94) {
      client.sessions();
    } else if (what < 96) {
      client.unread();
    } else {
      trespass();
    }
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean percent(int percent) {
    return random.nextInt(100) < percent;
  }

  private void say(Talk talk) {
    long cliMsgId = ++nextCliMsgId;
    String text = "%d in %s, %d".formatted(client.uid(), talk, cliMsgId);
    deliver(
        new Send(client.uid(), talk, cliMsgId, Line.TEXT, "{\"content\":\"%s\"}".formatted(text)));
  }

  /// Sends until it is known what became of it, as clients do; some give up.
  private void deliver(Send send) {
    if (percent(TWICE_AT_ONCE_PERCENT)) {
      Client twin = client.twin(random.nextInt(8));
      Thread other = Thread.ofVirtual().start(() -> twin.send(send));
      once(send);
      join(other);
      return;
    }
    while (once(send) instanceof Unknown
        && !percent(GIVES_UP_PERCENT)
        && client.stage().phase().isReading()) {
      Thread.onSpinWait(); // the client has waited already
    }
  }

  private static void join(Thread other) {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Outcome once(Send send) {
    Outcome outcome = client.send(send);
    if (outcome instanceof Sent(long key)) {
      remember(sent, new Mine(send, key));
    }
    return outcome;
  }

  private static <T> void remember(Deque<T> all, T one) {
    all.addFirst(one);
    if (all.size() > REMEMBERED) {
      all.removeLast();
    }
  }

  /// One of its last own messages; now and then somebody else's, which must be refused.
  private void takeBack() {
    if (percent(20) && !seen.isEmpty()) {
      Seen other = seen.getFirst();
      deliver(recall(other.talk(), other.line().key()));
      return;
    }
    List<Mine> texts =
        sent.stream().filter(mine -> mine.send().type() == Line.TEXT).limit(5).toList();
    if (!texts.isEmpty()) {
      Mine mine = any(texts);
      deliver(recall(mine.send().talk(), mine.key()));
    }
  }

  private Send recall(Talk talk, long key) {
    return new Send(client.uid(), talk, ++nextCliMsgId, Line.RECALL, Long.toString(key));
  }

  /// What was acknowledged already.
  private void sayAgain() {
    if (!sent.isEmpty()) {
      client.send(any(List.copyOf(sent)).send());
    }
  }

  private void look() {
    Talk talk = any(talks);
    boolean upward = percent(30) && !seen.isEmpty();
    long begin = 0;
    if (upward) {
      Seen known = any(List.copyOf(seen));
      talk = known.talk();
      begin = known.line().seqno();
    }
    Fetch fetch = new Fetch(client.uid(), talk, begin, upward, false);
    if (client.fetch(fetch, PAGE) instanceof Page page) {
      for (Line line : page.lines()) {
        if (line.sender() != client.uid() && line.type() == Line.TEXT) {
          remember(seen, new Seen(talk, line));
          return;
        }
      }
    }
  }

  private void read() {
    if (percent(40) || seen.isEmpty()) {
      client.ack(any(talks), 0);
    } else {
      Seen known = any(List.copyOf(seen)); // often behind what was read already
      client.ack(known.talk(), known.line().seqno());
    }
  }

  private void pin() {
    if (!pins) {
      return;
    }
    if (percent(10)) {
      client.pin(Talk.between(client.uid(), Stage.NOBODY), true);
    } else {
      client.pin(any(talks), random.nextBoolean());
    }
  }

  private void trespass() {
    long other = client.uid() % Stage.PEOPLE.length + 1;
    switch (random.nextInt(3)) {
      case 0 ->
          client.make(
              new Trespass(client.uid(), "the unread count of %d".formatted(other)),
              server -> {
                server.singleUnread(ReqSingleUnread.newBuilder().setUid(other).build());
                return new Done();
              });
      case 1 -> {
        Msg msg =
            Msg.newBuilder()
                .setSenderUid(other)
                .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
                .setReceiverId(client.uid())
                .setMsgTypeValue(Line.TEXT)
                .setContent("{\"content\":\"in the name of another\"}")
                .build();
        client.make(
            new Trespass(client.uid(), "to send as %d".formatted(other)),
            server ->
                new Sent(server.sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build()).getMsgKey()));
      }
      default -> {
        if (!elsewhere.isEmpty()) {
          Talk talk = any(new ArrayList<>(elsewhere));
          client.fetch(new Fetch(client.uid(), talk, 0, true, false), PAGE);
        }
      }
    }
  }
}
