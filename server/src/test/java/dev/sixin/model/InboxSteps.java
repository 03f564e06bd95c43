package dev.sixin.model;

import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqBatRmSess;
import dev.sixin.proto.im.ReqCloseClearUnreadUI;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import java.util.Set;

/// Steps that clear what is unread.
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
}
