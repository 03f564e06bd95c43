package dev.sixin.bench;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.sixin.api.GrpcApi;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceImplBase;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin bench echo-server`: the yardstick. It answers SendMsg with an answer of the right size as
/// soon as it is parsed, on the event loop, and does nothing else: what no server behind the same
/// transport can exceed.
@Command(
    name = "echo-server",
    description = "Runs the yardstick by itself, for other clients.",
    mixinStandardHelpOptions = true)
final class EchoServer implements Callable<Integer> {
  private static final int CONNECTIONS = 20_000;

  @Option(names = "--port", defaultValue = "8080", description = "the port; 0: any free one")
  private int port;

  @Override
  public Integer call() throws InterruptedException {
    Server server = start(port, new Echo());
    System.out.printf("echo ready on http://127.0.0.1:%d%n", server.activeLocalPort());
    System.out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  /// Starts a server that is set up as Sixin's own is.
  static Server start(int port, ImInterfaceImplBase service) {
    Server server =
        Server.builder()
            .port(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SessionProtocol.HTTP)
            .maxNumConnections(CONNECTIONS)
            .maxRequestLength(2L * GrpcApi.MAX_FRAME_BYTES)
            .verboseResponses(false)
            .service(
                GrpcService.builder()
                    .addService(service)
                    .supportedSerializationFormats(GrpcSerializationFormats.values())
                    .maxRequestMessageLength(GrpcApi.MAX_FRAME_BYTES)
                    .build())
            .build();
    server.start().join();
    return server;
  }

  /// Answers at once.
  static final class Echo extends ImInterfaceImplBase {
    @Override
    public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
      Msg msg = request.getMsg();
      out.onNext(
          RspSendMsg.newBuilder()
              .setMsgKey(msg.getCliMsgId())
              .setMsgContent(msg.getContent())
              .build());
      out.onCompleted();
    }
  }
}
