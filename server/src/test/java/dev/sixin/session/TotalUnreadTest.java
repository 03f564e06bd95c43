package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.MsgFeedUnreadRsp;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.im.SessionSingleUnreadRsp;
import dev.sixin.proto.im.SysMsgInterfaceLastMsgRsp;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of GetTotalUnread, and of what the site tells for it.
class TotalUnreadTest {
  private static final int DUSTBIN = 3;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  private RspTotalUnread total(UnaryOperator<ReqTotalUnread.Builder> request) {
    return ann.calls().getTotalUnread(request.apply(ReqTotalUnread.newBuilder()).build());
  }

  private RspTotalUnread all() {
    return total(
        request -> request.setSingleunreadOn(1).setMsgfeedOn(1).setSysupOn(1).setShowDustbin(1));
  }

  private Person writer(int messages) {
    Person writer = Person.on(SERVER, User.newBuilder().setBusiness(true));
    for (int i = 0; i < messages; i++) {
      writer.says(ann, "message " + i);
    }
    return writer;
  }

  private void feed(Map<String, Long> counters) {
    SERVER
        .admin()
        .setFeedUnread(
            SetFeedUnreadRequest.newBuilder().setUid(ann.uid()).putAllUnread(counters).build());
  }

  private void notice(UnaryOperator<SetSystemNoticeRequest.Builder> notice) {
    SERVER
        .admin()
        .setSystemNotice(
            notice.apply(SetSystemNoticeRequest.newBuilder().setUid(ann.uid())).build());
  }

  /// Ann has unread: 1 followed, 2 unfollowed, 4 in the dustbin, 24 in the feed, 32 notices.
  private void fill() {
    ann.follows(writer(1));
    writer(2);
    ann.chooses(writer(4), settings -> settings.setIntercepted(true));
    feed(Map.of("at", 8L, "like", 16L));
    notice(notice -> notice.setUnread(32).setTitle("title").setTime("today").setId(7));
  }

  // The switches

  @Test
  void whatIsNotAskedFor_isNeitherShownNorCounted() {
    fill();

    assertThat(total(request -> request)).isEqualTo(RspTotalUnread.getDefaultInstance());
  }

  @Test
  void privateMessages_areShownAlone() {
    fill();

    assertThat(total(request -> request.setSingleunreadOn(1)))
        .isEqualTo(
            RspTotalUnread.newBuilder()
                .setSessionSingleUnread(
                    SessionSingleUnreadRsp.newBuilder().setFollowUnread(1).setUnfollowUnread(2))
                .setTotalUnread(3)
                .build());
  }

  @Test
  void theFeed_isShownAlone() {
    fill();

    assertThat(total(request -> request.setMsgfeedOn(1)))
        .isEqualTo(
            RspTotalUnread.newBuilder()
                .setMsgFeedUnread(
                    MsgFeedUnreadRsp.newBuilder().putUnread("at", 8).putUnread("like", 16))
                .setTotalUnread(24)
                .build());
  }

  @Test
  void systemNotices_areShownAlone() {
    fill();

    assertThat(total(request -> request.setSysupOn(1)))
        .isEqualTo(
            RspTotalUnread.newBuilder()
                .setSysMsgInterfaceLastMsg(
                    SysMsgInterfaceLastMsgRsp.newBuilder()
                        .setUnread(32)
                        .setTitle("title")
                        .setTime("today")
                        .setId(7))
                .setTotalUnread(32)
                .build());
  }

  @Test
  void theTotal_isTheSumOfAllThatIsShown() {
    fill();

    assertThat(all().getTotalUnread()).isEqualTo(1 + 2 + 4 + 24 + 32);
  }

  @Test
  void withNothing_allPartsAreThere_andEmpty() {
    assertThat(all())
        .isEqualTo(
            RspTotalUnread.newBuilder()
                .setSessionSingleUnread(SessionSingleUnreadRsp.getDefaultInstance())
                .setMsgFeedUnread(MsgFeedUnreadRsp.getDefaultInstance())
                .setSysMsgInterfaceLastMsg(SysMsgInterfaceLastMsgRsp.getDefaultInstance())
                .build());
  }

  @Test
  void unreadType_choosesAmongPrivateMessages() {
    fill();

    RspTotalUnread dustbin =
        total(request -> request.setSingleunreadOn(1).setUnreadType(DUSTBIN).setShowDustbin(1));
    assertThat(dustbin.getSessionSingleUnread())
        .isEqualTo(SessionSingleUnreadRsp.newBuilder().setDustbinUnread(4).build());
    assertThat(dustbin.getTotalUnread()).isEqualTo(4);
    assertThat(total(request -> request.setSingleunreadOn(1).setUnreadType(1)).getTotalUnread())
        .isEqualTo(1);
  }

  @Test
  void groups_doNotCount() {
    Person bob = Person.on(SERVER);
    Group.of(ann, bob).say(bob, "hello");

    assertThat(all().getTotalUnread()).isZero();
  }

  @Test
  void aTotalBeyond32Bits_isCut() {
    feed(Map.of("at", Long.MAX_VALUE, "like", Long.MAX_VALUE, "up", 1L));

    assertThat(all().getTotalUnread()).isEqualTo(Integer.MAX_VALUE);
    assertThat(all().getMsgFeedUnread().getUnreadOrThrow("like")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anotherUsersNumber_isRefusedWithMinus403() {
    assertRefused(-403, () -> total(request -> request.setUid(ann.uid() + 1)));
    assertThat(total(request -> request.setUid(ann.uid())).getTotalUnread()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, -1})
  void anUnreadTypeThatDoesNotExist_isRefusedWith2(int type) {
    assertRefused(2, () -> total(request -> request.setUnreadType(type)));
  }

  // What the site tells

  @Test
  void counters_areAbsolute_andThoseNotNamedStay() {
    feed(Map.of("at", 1L, "reply", 2L));
    feed(Map.of("at", 5L, "coin", 0L));
    feed(Map.of("at", 5L, "coin", 0L));

    assertThat(all().getMsgFeedUnread().getUnreadMap())
        .isEqualTo(Map.of("at", 5L, "reply", 2L, "coin", 0L));
  }

  @Test
  void allTenCounters_areKnown() {
    Map<String, Long> counters =
        Map.of(
            "at",
            1L,
            "reply",
            2L,
            "like",
            3L,
            "coin",
            4L,
            "danmu",
            5L,
            "favorite",
            6L,
            "recv_like",
            7L,
            "recv_reply",
            8L,
            "sys_msg",
            9L,
            "up",
            10L);
    feed(counters);

    assertThat(all().getMsgFeedUnread().getUnreadMap()).isEqualTo(counters);
  }

  @Test
  void anUnknownCounter_isRefusedWith2_andNothingChanges() {
    assertRefused(2, () -> feed(Map.of("at", 1L, "chat", 1L)));
    assertRefused(2, () -> feed(Map.of("at", 1L, "", 1L)));

    assertThat(all().getMsgFeedUnread().getUnreadMap()).isEmpty();
  }

  @Test
  void aNegativeCounter_isRefusedWith2_andNothingChanges() {
    assertRefused(2, () -> feed(Map.of("at", 1L, "like", -1L)));

    assertThat(all().getMsgFeedUnread().getUnreadMap()).isEmpty();
  }

  @Test
  void aNewNotice_replacesTheOneBefore() {
    notice(notice -> notice.setUnread(2).setTitle("old").setTime("yesterday").setId(1));
    notice(notice -> notice.setUnread(1).setTitle("new"));

    assertThat(all().getSysMsgInterfaceLastMsg())
        .isEqualTo(SysMsgInterfaceLastMsgRsp.newBuilder().setUnread(1).setTitle("new").build());
  }

  @Test
  void aNoticeThatCanNotBe_isRefusedWith2_andNothingChanges() {
    assertRefused(2, () -> notice(notice -> notice.setUnread(-1)));
    assertRefused(2, () -> notice(notice -> notice.setTitle("x".repeat(1_025))));
    assertRefused(2, () -> notice(notice -> notice.setTime("x".repeat(257))));

    assertThat(all().getSysMsgInterfaceLastMsg())
        .isEqualTo(SysMsgInterfaceLastMsgRsp.getDefaultInstance());
  }

  @Test
  void withoutAUser_bothAreRefusedWithMinus400() {
    assertRefused(
        -400, () -> SERVER.admin().setFeedUnread(SetFeedUnreadRequest.getDefaultInstance()));
    assertRefused(
        -400, () -> SERVER.admin().setSystemNotice(SetSystemNoticeRequest.getDefaultInstance()));
  }
}
