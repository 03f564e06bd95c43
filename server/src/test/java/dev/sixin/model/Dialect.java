package dev.sixin.model;

import com.google.protobuf.Message;
import dev.sixin.TestServer;
import dev.sixin.api.web.WebChannel;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;

/// How users of a history talk to the server.
enum Dialect {
  GRPC {
    @Override
    ImInterfaceBlockingStub stub(TestServer server, String token) {
      return server.withToken(token);
    }

    @Override
    <A extends Message> A shown(A answer) {
      return answer;
    }
  },

  /// Calls that the web dialect has are made by it, the others by gRPC.
  WEB {
    @Override
    ImInterfaceBlockingStub stub(TestServer server, String token) {
      return ImInterfaceGrpc.newBlockingStub(new WebChannel(server, token));
    }

    @Override
    <A extends Message> A shown(A answer) {
      return WebChannel.withoutNames(answer);
    }
  };

  abstract ImInterfaceBlockingStub stub(TestServer server, String token);

  /// What of an answer both ways of talking show.
  abstract <A extends Message> A shown(A answer);
}
