package dev.sixin.api;

import com.google.protobuf.Empty;
import dev.sixin.live.v1.KickedOut;
import dev.sixin.live.v1.LiveEvent;
import dev.sixin.live.v1.LiveGrpc.LiveImplBase;
import dev.sixin.live.v1.ReadPositionRequest;
import dev.sixin.live.v1.ReadPositionResponse;
import dev.sixin.live.v1.TypingRequest;
import dev.sixin.live.v1.TypingResponse;
import dev.sixin.push.Moment;
import io.grpc.stub.StreamObserver;

/// `sixin.live.v1.Live`: typing and read positions.
public final class LiveService extends LiveImplBase {
  private final Calls calls;
  private final GrpcCalls grpc;
  private final Peers peers;
  private final Watches watches;

  /// The service that answers so.
  public LiveService(Calls calls, Answers answers) {
    this.calls = calls;
    this.grpc = new GrpcCalls(calls);
    this.peers = answers.peers();
    this.watches = answers.watches();
  }

  @Override
  public void typing(TypingRequest request, StreamObserver<TypingResponse> out) {
    grpc.user(out, caller -> peers.type(caller, request));
  }

  @Override
  public void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> out) {
    grpc.user(out, caller -> peers.readPosition(caller, request));
  }

  @Override
  public void watch(Empty request, StreamObserver<LiveEvent> out) {
    new Stream(out).open(calls, watches::beginMoments);
  }

  private final class Stream extends GrpcWatch<LiveEvent> {
    Stream(StreamObserver<LiveEvent> out) {
      super(watches, out);
    }

    @Override
    protected void send(long uid, Moment moment) {
      out.onNext(Notices.of(moment));
    }

    @Override
    protected LiveEvent kickOut(long uid) {
      return LiveEvent.newBuilder().setKickedOut(KickedOut.getDefaultInstance()).build();
    }
  }
}
