package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Await;
import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.notify.ReqServerNotify;
import dev.sixin.proto.type.Msg;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// A device that loses its stream again and again while messages come has every message in the end,
/// though it fetches only when it is told to. `-Dsixin.reconnects=1000` for more.
class ReconnectTest {
  private static final int RECONNECTS = Integer.getInteger("sixin.reconnects", 60);

  /// A connection on which more streams are cut off in a minute is taken for an attack.
  private static final int PER_CONNECTION = 20;

  private static final TestServer SERVER = TestServer.shared();

  private static final int SENDERS = 3;

  /// How many more messages may be sent: as many as the device needs to be told of, and some more,
  /// so that there is always news, and never so much that it takes all the time.
  private final Semaphore room = new Semaphore(0);

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);
  private final Person cat = Person.on(SERVER);

  /// What a client keeps: of each conversation the messages by their numbers.
  private final class Client {
    private final Map<Talker, TreeMap<Long, String>> known;
    private final String token = SERVER.token(bob.uid());

    Client(List<Talker> talkers) {
      known = new TreeMap<>(Comparator.comparing(Talker::key));
      talkers.forEach(talker -> known.put(talker, new TreeMap<>()));
    }

    void take(ReqServerNotify notify) {
      Talker talker =
          new Talker(notify.getNotifyInfo().getSessionType(), notify.getNotifyInfo().getTalkerId());
      if (notify.hasInstantMsg()) {
        known
            .get(talker)
            .put(notify.getInstantMsg().getMsgSeqno(), notify.getInstantMsg().getContent());
      } else {
        known.keySet().stream()
            .filter(each -> talker.equals(Talker.NOBODY) || talker.equals(each))
            .forEach(this::fetch);
      }
    }

    private void fetch(Talker talker) {
      TreeMap<Long, String> messages = known.get(talker);
      long greatest = messages.isEmpty() ? 0 : messages.lastKey();
      after(greatest, talker).forEach(msg -> messages.put(msg.getMsgSeqno(), msg.getContent()));
    }

    void processed(long seqno) {
      var _ =
          SERVER.withToken(token).syncAck(ReqSyncAck.newBuilder().setClientSeqno(seqno).build());
    }
  }

  /// What Bob can read of a conversation above a number, oldest first.
  private List<Msg> after(long seqno, Talker talker) {
    List<Msg> found = new ArrayList<>();
    RspSessionMsg page;
    do {
      page =
          bob.calls()
              .syncFetchSessionMsgs(
                  ReqSessionMsg.newBuilder()
                      .setTalkerId(talker.id())
                      .setSessionType(talker.type())
                      .setOrder(1)
                      .setBeginSeqno(found.isEmpty() ? seqno : found.getLast().getMsgSeqno())
                      .setSize(2_000)
                      .build());
      found.addAll(page.getMessagesList());
    } while (page.getHasMore() == 1);
    return found;
  }

  @Test
  void aDevice_hasEveryMessage_howeverOftenItIsCutOff(TestReporter reporter) throws Exception {
    long seed = Long.getLong("sixin.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    ann.befriends(bob);
    cat.befriends(bob);
    Group club = Group.of(ann, bob);
    List<Talker> talkers =
        List.of(Talker.user(ann.uid()), Talker.user(cat.uid()), Talker.group(club.id()));
    Client client = new Client(talkers);
    AtomicBoolean enough = new AtomicBoolean();
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> sending = new ArrayList<>();
      sending.add(senders.submit(() -> talk(enough, i -> ann.says(bob, "a" + i))));
      sending.add(senders.submit(() -> talk(enough, i -> cat.says(bob, "c" + i))));
      sending.add(senders.submit(() -> talk(enough, i -> club.say(ann, "g" + i))));
      try {
        for (int i = 0; i < RECONNECTS; i += PER_CONNECTION) {
          try (ClientFactory connection = ClientFactory.builder().build()) {
            for (int each = 0; each < PER_CONNECTION; each++) {
              room.release(random.nextInt(SENDERS));
              watchForAWhile(connection, client, random);
            }
          }
        }
      } finally {
        enough.set(true);
        room.release(SENDERS);
      }
      for (Future<?> each : sending) {
        each.get();
      }
      assertHasEverything(client, talkers, seed);
      int messages = client.known.values().stream().mapToInt(TreeMap::size).sum();
      reporter.publishEntry(
          "messages", "all %,d, after %,d reconnections".formatted(messages, RECONNECTS));
    }
  }

  private void watchForAWhile(ClientFactory connection, Client client, SplittableRandom random) {
    try (Watch watch = Watch.by(connection, bob, client.token)) {
      for (int left = random.nextInt(8); left > 0; left--) {
        room.release(1 + random.nextInt(SENDERS));
        ReqServerNotify notify = watch.next();
        client.take(notify);
        if (random.nextBoolean()) {
          client.processed(notify.getLastestSeqno());
        }
      }
    }
  }

  private void assertHasEverything(Client client, List<Talker> talkers, long seed) {
    Map<Talker, List<Long>> stored = new HashMap<>();
    talkers.forEach(
        talker -> stored.put(talker, after(0, talker).stream().map(Msg::getMsgSeqno).toList()));
    try (Watch watch = Watch.with(SERVER, bob.uid(), client.token)) {
      Await.until(
          "the device has every message; seed " + seed,
          () -> {
            watch.takeAll().forEach(client::take);
            return talkers.stream()
                .allMatch(
                    talker ->
                        List.copyOf(client.known.get(talker).keySet()).equals(stored.get(talker)));
          });
    }
    talkers.forEach(talker -> assertThat(stored.get(talker)).isNotEmpty());
  }

  @FunctionalInterface
  private interface Saying {
    void say(int number);
  }

  private void talk(AtomicBoolean enough, Saying saying) {
    for (int i = 0; !enough.get(); i++) {
      room.acquireUninterruptibly();
      saying.say(i);
    }
  }
}
