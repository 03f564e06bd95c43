package dev.sixin.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.DebugInfo;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// Where the server is and who is asking.
final class Connection {
  @Option(
      names = "--server",
      defaultValue = "http://127.0.0.1:8080",
      description = "the server's address")
  private String server;

  @Option(names = "--token", required = true, description = "your access token")
  private String token;

  /// Makes a call and prints what it answers, or why it was refused.
  ///
  /// @return the exit code: 0 or 1
  int call(Function<ImInterfaceBlockingStub, String> call, PrintWriter out, PrintWriter err) {
    ImInterfaceBlockingStub stub =
        GrpcClients.builder("gproto+" + server)
            .setHeader("authorization", "identify_v1 " + token)
            .setHeader("accept-language", Locale.getDefault().toLanguageTag())
            .build(ImInterfaceBlockingStub.class);
    try {
      out.println(call.apply(stub));
      out.flush();
      return 0;
    } catch (StatusRuntimeException e) {
      err.println("sixin: " + explain(e));
      err.flush();
      return 1;
    }
  }

  private String explain(StatusRuntimeException e) {
    com.google.rpc.Status details = StatusProto.fromThrowable(e);
    try {
      if (details != null && details.getDetailsCount() > 0) {
        Status status = details.getDetails(0).unpack(Status.class);
        StringBuilder text = new StringBuilder();
        text.append(status.getMessage()).append(" (").append(status.getCode());
        for (Any more : status.getDetailsList()) {
          text.append("; ").append(more.unpack(DebugInfo.class).getDetail());
        }
        return text.append(')').toString();
      }
    } catch (InvalidProtocolBufferException unknown) {
      // an error of another shape: said below
    }
    return e.getStatus().getCode() == io.grpc.Status.Code.UNAVAILABLE
        ? "no server answers at " + server
        : e.getStatus().toString();
  }
}
