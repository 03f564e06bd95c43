package dev.sixin.api;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.sixin.proto.notify.NotifyGrpc.NotifyImplBase;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;

/// All gRPC services as one HTTP service: gRPC over HTTP/2 and HTTP/1.1, and gRPC-Web.
public final class GrpcApi {
  /// The longest message that a client may send, in bytes.
  public static final int MAX_FRAME_BYTES = 1 << 20;

  private GrpcApi() {}

  /// Adds the services to a server, with errors as the wire contract says and frames bounded.
  public static void addTo(
      ServerBuilder server, ImInterfaceService imInterface, AdminService admin) {
    GrpcService grpc =
        GrpcService.builder()
            .addService(imInterface)
            .addService(admin)
            .addService(new NotifyImplBase() {}) // answers UNIMPLEMENTED until push is built
            .addService(ProtoReflectionServiceV1.newInstance())
            .supportedSerializationFormats(GrpcSerializationFormats.values())
            .maxRequestMessageLength(MAX_FRAME_BYTES)
            .exceptionHandler(new Errors())
            .build();
    server.service(grpc, GrpcOverHttp1::new);
  }
}
