package dev.sixin.api;

import com.google.protobuf.Empty;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.proto.notify.CmdId;
import dev.sixin.proto.notify.NotifyGrpc.NotifyImplBase;
import dev.sixin.proto.notify.NotifyRsp;
import dev.sixin.push.End;
import dev.sixin.push.Notice;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

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
    ServiceRequestContext context = ServiceRequestContext.current();
    context.clearRequestTimeout();
    Call call = calls.begin(context);
    ServerCallStreamObserver<NotifyRsp> observer = (ServerCallStreamObserver<NotifyRsp>) out;
    Stream stream = new Stream(observer, call.headers(), context.eventLoop().withoutContext());
    calls.user(
        call,
        caller ->
            CompletableFuture.completedFuture(watches.begin(caller, OptionalLong.empty(), stream)),
        (watcher, thrown) -> {
          if (thrown == null) {
            stream.begin(watcher);
          } else {
            observer.onError(Errors.toGrpc(call.headers(), thrown));
          }
        });
  }

  private final class Stream extends WatchStream {
    private final ServerCallStreamObserver<NotifyRsp> out;
    private final RequestHeaders headers;

    Stream(ServerCallStreamObserver<NotifyRsp> out, RequestHeaders headers, EventLoop loop) {
      super(watches, loop);
      this.out = out;
      this.headers = headers;
      out.setOnReadyHandler(this::goOn);
      out.setOnCancelHandler(this::leave);
    }

    @Override
    protected boolean isReady() {
      return out.isReady();
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
    protected void end(long uid, End reason) {
      switch (reason) {
        case KICKED_OUT -> {
          out.onNext(
              NotifyRsp.newBuilder().setUid(uid).setCmd(CmdId.EN_CMD_ID_KICK_OUT_VALUE).build());
          out.onCompleted();
        }
        case REPLACED -> out.onCompleted();
        case STOPPING -> out.onError(Errors.toGrpc(headers, Refusal.of(Code.SYSTEM_ERROR)));
      }
    }
  }
}
