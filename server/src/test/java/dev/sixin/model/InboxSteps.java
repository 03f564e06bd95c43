package dev.sixin.model;

import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqBatRmSess;
import dev.sixin.proto.im.ReqCloseClearUnreadUI;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import java.util.Set;

/// Steps that change what a user sees or may do without a message.
final class InboxSteps {
  private InboxSteps() {}

  /// What is done with many sessions at once.
  enum Sweep {
    READ_UNFOLLOWED,
    READ_ALL,
    REMOVE_UNFOLLOWED
  }

  record Clear(Who who, Sweep sweep) implements Step {
    @Override
    public void take(World world) {
      long uid = world.uid(who);
      Inboxes model = world.model().inboxes();
      ImInterfaceBlockingStub stub = world.as(who);
      switch (sweep) {
        case READ_UNFOLLOWED ->
            world.write(
                () -> model.updateUnflwRead(uid),
                () -> stub.updateUnflwRead(DummyReq.getDefaultInstance()));
        case READ_ALL ->
            world.write(
                () -> model.updateTotalUnread(uid),
                () -> stub.updateTotalUnread(ReqUpdateTotalUnread.getDefaultInstance()));
        case REMOVE_UNFOLLOWED ->
            world.write(
                () -> model.batchRmSessions(uid),
                () -> stub.batchRmSessions(ReqBatRmSess.getDefaultInstance()));
      }
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  record ClosePrompt(Who who) implements Step {
    @Override
    public void take(World world) {
      world.write(
          () -> world.model().inboxes().closeClearUnreadUI(world.uid(who)),
          () -> world.as(who).closeClearUnreadUI(ReqCloseClearUnreadUI.getDefaultInstance()));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site says whether somebody is live.
  record GoLive(Who who, long status) implements Step {
    @Override
    public void take(World world) {
      SetLiveRequest request =
          SetLiveRequest.newBuilder()
              .setUid(world.uid(who))
              .setLiveStatus(status)
              .setJumpUrl("https://live.example/" + world.nextNumber())
              .build();
      world.write(() -> world.model().setLive(request), () -> world.admin().setLive(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site counts something of the interaction feed.
  record Feed(Who who, String counter, long count) implements Step {
    @Override
    public void take(World world) {
      SetFeedUnreadRequest request =
          SetFeedUnreadRequest.newBuilder()
              .setUid(world.uid(who))
              .putUnread(counter, count)
              .build();
      world.write(
          () -> world.model().setFeedUnread(request), () -> world.admin().setFeedUnread(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site has a notice for somebody.
  record Notice(Who who, int unread) implements Step {
    @Override
    public void take(World world) {
      long number = world.nextNumber();
      SetSystemNoticeRequest request =
          SetSystemNoticeRequest.newBuilder()
              .setUid(world.uid(who))
              .setUnread(unread)
              .setTitle("notice " + number)
              .setTime("day " + number)
              .setId(number)
              .build();
      world.write(
          () -> world.model().setSystemNotice(request),
          () -> world.admin().setSystemNotice(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site bans somebody from sending.
  ///
  /// @param seconds how long; 0: no longer, -1: for ever
  record Ban(Who who, long seconds) implements Step {
    @Override
    public void take(World world) {
      long until = seconds > 0 ? world.model().time().seconds() + seconds : seconds;
      SetBanRequest request =
          SetBanRequest.newBuilder().setUid(world.uid(who)).setUntil(until).build();
      world.write(() -> world.model().setBan(request), () -> world.admin().setBan(request));
    }
  }
}
