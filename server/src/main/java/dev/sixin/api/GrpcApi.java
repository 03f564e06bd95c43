package dev.sixin.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Status;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.List;
import java.util.Set;

/// All gRPC services as one HTTP service: gRPC over HTTP/2 and HTTP/1.1, and gRPC-Web.
public final class GrpcApi {
  /// The longest message that a client may send, in bytes.
  public static final int MAX_FRAME_BYTES = 1 << 20;

  /// The longest request of which an HTTP/1.1 connection recovers. A message that is too long is
  /// refused when all of it was read; a request beyond this is not read to its end, and over
  /// HTTP/1.1 that costs the connection.
  public static final long MAX_REQUEST_BYTES = 8L << 20;

  /// Older tools know server reflection by this name only. Its messages are those of version 1.
  private static final String OLD_REFLECTION = "grpc.reflection.v1alpha.ServerReflection";

  private static final DecompressorRegistry DECOMPRESSORS =
      DecompressorRegistry.emptyInstance().with(new Gzip(), true).with(Codec.Identity.NONE, false);

  private static final Set<String> ENCODINGS = DECOMPRESSORS.getKnownMessageEncodings();

  /// What is written on a connection in one turn of its event loop goes out together, up to so many
  /// times: streams that are told of one event would cost a system call each. Armeria's own handler
  /// of this kind does it only while a connection is read.
  private static final int FLUSHED_TOGETHER = 256;

  private GrpcApi() {}

  /// Adds the services to a server, with errors as the wire contract says and frames bounded.
  ///
  /// @param calls what the services let their calls in by
  public static void addTo(ServerBuilder server, Calls calls, List<BindableService> services) {
    GrpcService grpc =
        GrpcService.builder()
            .addServiceDefinitions(services.stream().map(BindableService::bindService).toList())
            .addService(ProtoReflectionServiceV1.newInstance())
            .supportedSerializationFormats(GrpcSerializationFormats.values())
            .maxRequestMessageLength(MAX_FRAME_BYTES)
            .decompressorRegistry(DECOMPRESSORS)
            .exceptionHandler(new Errors())
            .intercept(new WholeRequest())
            .build();
    GrpcService oldReflection =
        GrpcService.builder()
            .addService(OLD_REFLECTION, ProtoReflectionServiceV1.newInstance())
            .maxRequestMessageLength(MAX_FRAME_BYTES)
            .decompressorRegistry(DECOMPRESSORS)
            .build();
    server
        .childChannelPipelineCustomizer(
            connection ->
                connection
                    .addFirst(new FlushConsolidationHandler(FLUSHED_TOGETHER, true))
                    .addFirst(new EarlyRefusal(calls::hasRoom, calls::refused)))
        .service(
            grpc,
            service -> service.decorate(GrpcApi::serveLegalHeaders),
            GrpcOverHttp1::new,
            service -> service.decorate((next, ctx, req) -> serveIfRoom(calls, next, ctx, req)))
        .service(oldReflection);
  }

  /// Refuses calls for which there is no room before anything of them is read.
  private static HttpResponse serveIfRoom(
      Calls calls, HttpService service, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    if (calls.hasRoom() || request.contentType() == null) {
      return service.serve(context, request);
    }
    calls.refused();
    return Errors.response(request, Errors.overloaded(request.headers()));
  }

  /// Refuses calls whose headers Armeria would misread: a message in an encoding that we do not
  /// know would be taken for a plain one, and binary metadata that are not base64 would be a server
  /// fault.
  private static HttpResponse serveLegalHeaders(
      HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
    String encoding = request.headers().get("grpc-encoding", "identity");
    if (!ENCODINGS.contains(encoding) && request.contentType() != null) {
      Status unknown =
          Status.UNIMPLEMENTED.withDescription("grpc-encoding: unknown (expected: gzip, identity)");
      return Errors.response(request, unknown.asRuntimeException());
    }
    try {
      return service.serve(context, request);
    } catch (IllegalArgumentException e) {
      return Errors.response(
          request,
          Errors.toGrpc(
              request.headers(), Refusal.of(Code.BAD_REQUEST, "the metadata: not in base64")));
    }
  }
}
