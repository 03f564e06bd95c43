package dev.sixin.api;

import com.google.protobuf.Empty;
import dev.sixin.proto.notify.CmdId;
import dev.sixin.proto.notify.NotifyGrpc.NotifyImplBase;
import dev.sixin.proto.notify.NotifyRsp;
import dev.sixin.push.Notice;
import io.grpc.stub.StreamObserver;
import java.util.OptionalLong;

/// `bilibili.broadcast.message.im.Notify`: realtime push.
public final class NotifyService extends NotifyImplBase {
  private final Calls calls;
  private final Watches watches;
  private final Notices notices = new Notices();

  /// The service that tells of these watches.
  public NotifyService(Calls calls, Watches watches) {
    this.calls = calls;
    this.watches = watches;
  }

  @Override
  public void watchNotify(Empty request, StreamObserver<NotifyRsp> out) {
    new Stream(out)
        .open(calls, (caller, line) -> watches.begin(caller, OptionalLong.empty(), line));
  }

  private final class Stream extends GrpcWatch<NotifyRsp> {
    Stream(StreamObserver<NotifyRsp> out) {
      super(watches, out);
    }

    @Override
    protected void send(long uid, Notice notice) {
      out.onNext(
          NotifyRsp.newBuilder()
              .setUid(uid)
              .setCmd(CmdId.EN_CMD_ID_MSG_NOTIFY_VALUE)
              .setPayload(notices.payload(notice))
              .build());
    }

    @Override
    protected NotifyRsp kickOut(long uid) {
      return NotifyRsp.newBuilder().setUid(uid).setCmd(CmdId.EN_CMD_ID_KICK_OUT_VALUE).build();
    }
  }
}
