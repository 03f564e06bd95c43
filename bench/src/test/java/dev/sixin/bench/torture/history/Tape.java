package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Sent;
import java.util.ArrayList;
import java.util.List;

/// A record that is written by hand: each call begins when the one before it has ended.
final class Tape {
  static final long ANN = 1;
  static final long BEN = 2;
  static final long CAL = 3;
  static final Talk ANN_BEN = Talk.between(ANN, BEN);
  static final Talk GROUP = Talk.group(101);

  private final List<Entry> entries = new ArrayList<>();
  private long micros;

  /// A call of a client of this user's own.
  Tape call(Call call, Outcome outcome) {
    return call("client-" + call.uid(), call, outcome);
  }

  Tape call(String client, Call call, Outcome outcome) {
    entries.add(new Entry(entries.size(), client, micros + 1, micros + 5, call, outcome));
    micros += 10;
    return this;
  }

  /// A call that begins together with the one before it.
  Tape meanwhile(Call call, Outcome outcome) {
    micros -= 10;
    return call("another-" + call.uid(), call, outcome);
  }

  /// The text with a number, as everybody reads it who is no sender.
  static Line line(long seqno, long sender, Talk talk, long cliMsgId) {
    long receiver = talk.isGroup() ? talk.first() : talk.talkerOf(sender);
    return new Line(
        seqno, 1_000 + seqno, sender, receiver, Line.TEXT, cliMsgId, "text " + cliMsgId, 0);
  }

  static Line recalled(Line line) {
    return new Line(
        line.seqno(),
        line.key(),
        line.sender(),
        line.receiver(),
        line.type(),
        line.cliMsgId(),
        "",
        1);
  }

  static Line recall(long seqno, Line target, long cliMsgId) {
    return new Line(
        seqno,
        1_000 + seqno,
        target.sender(),
        target.receiver(),
        Line.RECALL,
        cliMsgId,
        Long.toString(target.key()),
        0);
  }

  /// The message is sent and acknowledged.
  Tape sent(Talk talk, Line line) {
    return sent(talk, line, new Sent(line.key()));
  }

  Tape sent(Talk talk, Line line, Outcome outcome) {
    return call(send(talk, line), outcome);
  }

  static Send send(Talk talk, Line line) {
    return new Send(line.sender(), talk, line.cliMsgId(), line.type(), line.content());
  }

  Tape session(long uid, Session session) {
    return call(new Call.News(uid, 0), new Outcome.Listed(List.of(session), false));
  }

  static Session session(Talk talk, long ack, long max, long unread) {
    return new Session(talk, ack, max, unread, 1_000_000 + max, 1_000 + max, false, false);
  }

  Tape joined(Talk talk, long... uids) {
    for (long uid : uids) {
      call(new Call.Join(uid, talk), new Done());
    }
    return this;
  }

  Tape settled() {
    return call(new Event(Event.Kind.SETTLED, ""), new Done());
  }

  /// A user reads all of a conversation, with a client that keeps it.
  Tape reads(String client, long uid, Talk talk, Line... lines) {
    return call(client, new Fetch(uid, talk, 0, true, true), new Page(List.of(lines), false));
  }

  /// In the end, both sides of a private conversation read this.
  List<Anomaly> end(Talk talk, Line... lines) {
    settled();
    reads("last-" + talk.first(), talk.first(), talk, lines);
    reads("last-" + talk.second(), talk.second(), talk, lines);
    return check();
  }

  List<Anomaly> check() {
    return Checker.check(entries);
  }

  List<Entry> entries() {
    return entries;
  }
}
