package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The rules of SyncFetchSessionMsgs; its tip is in [StrangerTest].
class HistoryTest {
  private static final int NEWEST_FIRST = 0;
  private static final int OLDEST_FIRST = 1;
  private static final int MOST = 2_000;
  private static final long BIGGEST_ANSWER = 4 << 20;

  private static final TestServer SERVER = TestServer.shared();

  /// Two friends who have said this many things in turn, the first of them "0".
  private record Talk(Person ann, Person bob, List<Long> seqnos) {
    static Talk of(int messages) {
      Person ann = Person.on(SERVER);
      Person bob = Person.on(SERVER);
      ann.befriends(bob);
      for (int i = 0; i < messages; i++) {
        (i % 2 == 0 ? ann : bob).says(i % 2 == 0 ? bob : ann, Integer.toString(i));
      }
      List<Long> seqnos = ann.history(bob).stream().map(Msg::getMsgSeqno).toList();
      assertThat(seqnos).hasSize(messages);
      return new Talk(ann, bob, seqnos);
    }

    RspSessionMsg page(int order, int size, long begin, long end) {
      return ann.fetches(
          bob, page -> page.setOrder(order).setSize(size).setBeginSeqno(begin).setEndSeqno(end));
    }
  }

  private static List<String> texts(RspSessionMsg page) {
    return page.getMessagesList().stream()
        .map(msg -> msg.getContent().replaceAll("[^0-9]", ""))
        .toList();
  }

  @Test
  void order0_isTheNewestOfTheRange_newestFirst() {
    Talk talk = Talk.of(5);
    RspSessionMsg page = talk.page(NEWEST_FIRST, 3, 0, 0);

    assertThat(texts(page)).containsExactly("4", "3", "2");
    assertThat(page.getHasMore()).isEqualTo(1);
  }

  @Test
  void order1_isTheOldestOfTheRange_oldestFirst() {
    Talk talk = Talk.of(5);
    RspSessionMsg page = talk.page(OLDEST_FIRST, 3, 0, 0);

    assertThat(texts(page)).containsExactly("0", "1", "2");
    assertThat(page.getHasMore()).isEqualTo(1);
  }

  @Test
  void bothEndsOfTheRange_areExclusive() {
    Talk talk = Talk.of(6);
    long begin = talk.seqnos().get(1);
    long end = talk.seqnos().get(4);

    assertThat(texts(talk.page(OLDEST_FIRST, 9, begin, end))).containsExactly("2", "3");
    assertThat(texts(talk.page(NEWEST_FIRST, 9, begin, end))).containsExactly("3", "2");
    assertThat(texts(talk.page(OLDEST_FIRST, 9, begin - 1, end + 1)))
        .containsExactly("1", "2", "3", "4");
  }

  @Test
  void zero_leavesAnEndOfTheRangeOpen() {
    Talk talk = Talk.of(4);
    long second = talk.seqnos().get(1);

    assertThat(texts(talk.page(OLDEST_FIRST, 9, second, 0))).containsExactly("2", "3");
    assertThat(texts(talk.page(OLDEST_FIRST, 9, 0, second))).containsExactly("0");
  }

  @Test
  void hasMore_saysWhetherTheRangeHoldsMore() {
    Talk talk = Talk.of(6);
    long begin = talk.seqnos().get(1);
    long end = talk.seqnos().get(5);
    for (int order : new int[] {NEWEST_FIRST, OLDEST_FIRST}) {
      assertThat(talk.page(order, 2, begin, end).getHasMore()).isEqualTo(1);
      assertThat(talk.page(order, 3, begin, end).getHasMore()).as("all of the range").isZero();
      assertThat(talk.page(order, 4, begin, end).getHasMore()).isZero();
    }
  }

  @Test
  void minAndMaxSeqno_areThoseOfWhatIsReturned_inEitherOrder() {
    Talk talk = Talk.of(5);
    RspSessionMsg newest = talk.page(NEWEST_FIRST, 2, 0, 0);
    assertThat(newest.getMinSeqno()).isEqualTo(talk.seqnos().get(3));
    assertThat(newest.getMaxSeqno()).isEqualTo(talk.seqnos().get(4));

    RspSessionMsg oldest = talk.page(OLDEST_FIRST, 2, 0, 0);
    assertThat(oldest.getMinSeqno()).isEqualTo(talk.seqnos().get(0));
    assertThat(oldest.getMaxSeqno()).isEqualTo(talk.seqnos().get(1));
  }

  @Test
  void aRangeWithoutMessages_isAnsweredWithTheGreatestMinAndTheSmallestMax() {
    Talk talk = Talk.of(3);
    long middle = talk.seqnos().get(1);
    for (RspSessionMsg page :
        List.of(
            talk.page(OLDEST_FIRST, 9, talk.seqnos().getLast(), 0),
            talk.page(NEWEST_FIRST, 9, 0, talk.seqnos().getFirst()),
            talk.page(NEWEST_FIRST, 9, middle, middle),
            talk.page(NEWEST_FIRST, 9, middle, middle + 1),
            talk.page(NEWEST_FIRST, 9, middle, middle - 1),
            talk.page(OLDEST_FIRST, 9, -1, 0))) {
      assertThat(page.getMessagesList()).isEmpty();
      assertThat(page.getHasMore()).isZero();
      assertThat(Long.toUnsignedString(page.getMinSeqno())).isEqualTo("18446744073709551615");
      assertThat(page.getMaxSeqno()).isZero();
    }
  }

  @Test
  void sizeZero_is20() {
    Talk talk = Talk.of(21);
    RspSessionMsg page = talk.page(NEWEST_FIRST, 0, 0, 0);

    assertThat(page.getMessagesList()).hasSize(20);
    assertThat(page.getHasMore()).isEqualTo(1);
  }

  @Test
  void aSizeBelowZero_isRefusedWith2() {
    Talk talk = Talk.of(1);
    assertRefused(2, () -> talk.page(NEWEST_FIRST, -1, 0, 0));
  }

  @Test
  void anOrderThatDoesNotExist_isRefusedWith2() {
    Talk talk = Talk.of(1);
    assertRefused(2, () -> talk.page(2, 0, 0, 0));
    assertRefused(2, () -> talk.page(-1, 0, 0, 0));
  }

  @Test
  void aSizeAbove2000_isCut() throws Exception {
    Talk talk = Talk.of(0);
    sayAtOnce(talk, MOST + 1, "short");
    RspSessionMsg page = talk.page(OLDEST_FIRST, MOST + 5, 0, 0);
    assertThat(page.getMessagesList()).hasSize(MOST);
    assertThat(page.getHasMore()).isEqualTo(1);

    assertThat(talk.page(OLDEST_FIRST, MOST, page.getMaxSeqno(), 0).getMessagesList()).hasSize(1);
  }

  @Test
  void aPageThatWouldBeTooBigForClients_endsEarlyAndSaysThatThereIsMore() throws Exception {
    Talk talk = Talk.of(0);
    int messages = 1_800;
    sayAtOnce(talk, messages, "x".repeat(1_900));
    List<Msg> newestFirst = new ArrayList<>();
    RspSessionMsg page = talk.page(NEWEST_FIRST, MOST, 0, 0);
    assertThat(page.getSerializedSize()).isLessThan((int) BIGGEST_ANSWER);
    assertThat(page.getMessagesCount()).isLessThan(messages);
    assertThat(page.getHasMore()).isEqualTo(1);

    newestFirst.addAll(page.getMessagesList());
    while (page.getHasMore() == 1) {
      page = talk.page(NEWEST_FIRST, MOST, 0, page.getMinSeqno());
      newestFirst.addAll(page.getMessagesList());
      assertThat(newestFirst).as("no message twice").hasSizeLessThanOrEqualTo(messages);
    }
    assertThat(newestFirst).hasSize(messages);
    assertThat(newestFirst.reversed())
        .extracting(Msg::getMsgSeqno)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  private static void sayAtOnce(Talk talk, int times, String text) throws Exception {
    ReqSendMsg request = ReqSendMsg.newBuilder().setMsg(text(talk.bob().uid(), text)).build();
    List<ListenableFuture<RspSendMsg>> sent =
        IntStream.range(0, times).mapToObj(_ -> talk.ann().callsAtOnce().sendMsg(request)).toList();
    assertThat(Futures.allAsList(sent).get()).hasSize(times);
  }

  @Test
  void pagesUpward_giveEachMessageOnceAndInOrder() {
    Talk talk = Talk.of(7);
    List<String> read = new ArrayList<>();
    RspSessionMsg page;
    long from = 0;
    do {
      page = talk.page(OLDEST_FIRST, 2, from, 0);
      read.addAll(texts(page));
      assertThat(read).as("no message twice").hasSizeLessThanOrEqualTo(7);
      from = page.getMaxSeqno();
    } while (page.getHasMore() == 1);

    assertThat(read).containsExactly("0", "1", "2", "3", "4", "5", "6");
  }

  @Test
  void pagesDownward_giveEachMessageOnceAndInOrder() {
    Talk talk = Talk.of(7);
    List<String> read = new ArrayList<>();
    RspSessionMsg page;
    long to = 0;
    do {
      page = talk.page(NEWEST_FIRST, 3, 0, to);
      read.addAll(texts(page));
      assertThat(read).as("no message twice").hasSizeLessThanOrEqualTo(7);
      to = page.getMinSeqno();
    } while (page.getHasMore() == 1);

    assertThat(read).containsExactly("6", "5", "4", "3", "2", "1", "0");
  }

  @Test
  void fetching_doesNotAck() {
    Talk talk = Talk.of(4);
    SessionInfo before = talk.ann().session(talk.bob());
    assertThat(before.getUnreadCount()).isEqualTo(1);
    talk.page(NEWEST_FIRST, 9, 0, 0);

    assertThat(talk.ann().session(talk.bob())).isEqualTo(before);
  }

  @Test
  void aRemovedSession_keepsItsHistory() {
    Talk talk = Talk.of(3);
    talk.ann().removes(talk.bob());

    assertThat(talk.ann().history(talk.bob())).hasSize(3);
    assertThat(talk.bob().history(talk.ann())).hasSize(3);
  }

  @Test
  void nobodyElse_readsAConversation() {
    Talk talk = Talk.of(3);
    Person eve = Person.on(SERVER);
    talk.ann().follows(eve);
    talk.bob().follows(eve);

    assertThat(eve.history(talk.ann())).isEmpty();
    assertThat(eve.history(talk.bob())).isEmpty();
    assertThat(eve.listed(4)).isEmpty();
  }

  @Test
  void aRequestThatNamesNoTalker_isRefusedWith400() {
    Person ann = Person.on(SERVER);
    assertRefused(-400, () -> fetch(ann, ReqSessionMsg.newBuilder().setSessionType(1)));
    assertRefused(-400, () -> fetch(ann, ReqSessionMsg.newBuilder().setTalkerId(ann.uid())));
  }

  @Test
  void aKindOfSessionThatDoesNotExist_isRefusedWith2() {
    Person ann = Person.on(SERVER);
    ReqSessionMsg.Builder request = ReqSessionMsg.newBuilder().setTalkerId(ann.uid());
    assertRefused(2, () -> fetch(ann, request.setSessionType(3)));
    assertRefused(2, () -> fetch(ann, request.setSessionType(-1)));
  }

  private static RspSessionMsg fetch(Person reader, ReqSessionMsg.Builder request) {
    return reader.calls().syncFetchSessionMsgs(request.build());
  }
}
