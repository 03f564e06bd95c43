package dev.sixin.user;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.RspLiveInfo;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// The rules of GetLiveInfo and Admin.SetLive.
class LiveTest {
  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  private RspLiveInfo live(UnaryOperator<ReqLiveInfo.Builder> request) {
    return ann.calls()
        .getLiveInfo(request.apply(ReqLiveInfo.newBuilder().setTalkerId(bob.uid())).build());
  }

  private RspLiveInfo live() {
    return live(request -> request);
  }

  private void set(UnaryOperator<SetLiveRequest.Builder> live) {
    SERVER.admin().setLive(live.apply(SetLiveRequest.newBuilder().setUid(bob.uid())).build());
  }

  @Test
  void ofWhomNothingWasSaid_isNotLive() {
    assertThat(live()).isEqualTo(RspLiveInfo.getDefaultInstance());
  }

  @Test
  void whatTheSiteLastSaid_isTold() {
    set(live -> live.setLiveStatus(1).setJumpUrl("https://live"));
    assertThat(live())
        .isEqualTo(RspLiveInfo.newBuilder().setLiveStatus(1).setJumpUrl("https://live").build());

    set(live -> live.setLiveStatus(0).setJumpUrl("https://room"));
    assertThat(live()).isEqualTo(RspLiveInfo.newBuilder().setJumpUrl("https://room").build());
  }

  @Test
  void sessions_showWhoIsLive() {
    bob.says(ann, "hello");
    assertThat(ann.session(bob).getLiveStatus()).isZero();

    set(live -> live.setLiveStatus(1));
    assertThat(ann.session(bob).getLiveStatus()).isEqualTo(1);
    assertThat(ann.lists(page -> page).getSessionList(0).getLiveStatus()).isEqualTo(1);
    assertThat(bob.session(ann).getLiveStatus()).isZero();
  }

  @Test
  void withoutTalker_isRefusedWithMinus400() {
    assertRefused(-400, () -> live(request -> request.setTalkerId(0)));
  }

  @Test
  void anotherUsersNumber_isRefusedWithMinus403() {
    assertRefused(-403, () -> live(request -> request.setUid(bob.uid())));
    assertThat(live(request -> request.setUid(ann.uid())).getLiveStatus()).isZero();
  }

  @Test
  void aStateThatCanNotBe_isRefused_andNothingChanges() {
    set(live -> live.setLiveStatus(1));
    assertRefused(2, () -> set(live -> live.setLiveStatus(2)));
    assertRefused(2, () -> set(live -> live.setLiveStatus(-1)));
    assertRefused(2, () -> set(live -> live.setJumpUrl("x".repeat(2_049))));
    assertRefused(-400, () -> set(live -> live.setUid(0)));

    assertThat(live().getLiveStatus()).isEqualTo(1);
  }
}
