package dev.sixin.api;

import com.google.protobuf.Any;
import com.google.rpc.DebugInfo;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How what goes wrong looks on the wire.
///
/// A business error is gRPC status UNKNOWN with the code as message, and a `google.rpc.Status`
/// whose one detail is a `bilibili.rpc.Status`: the code, our text in the caller's language, and,
/// for developers, what exactly was wrong.
final class Errors implements GrpcExceptionHandlerFunction {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final int GRPC_UNKNOWN = 2;
  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  /// The exception that ends a gRPC call because of another.
  static StatusRuntimeException toGrpc(RequestHeaders headers, Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return switch (cause) {
      case Refusal refusal when refusal.code() == Code.NOT_SIGNED_IN ->
          error(io.grpc.Status.UNAUTHENTICATED, refusal, headers);
      case Refusal refusal -> error(io.grpc.Status.UNKNOWN, refusal, headers);
      case StoreOverloaded _ -> overloaded(headers);
      case StoreUnavailable _ ->
          error(io.grpc.Status.UNAVAILABLE, Refusal.of(Code.SYSTEM_ERROR), headers);
      case StatusRuntimeException e -> e;
      case null, default -> {
        log.error("a call failed", cause);
        yield error(io.grpc.Status.INTERNAL, Refusal.of(Code.SERVER_FAULT), headers);
      }
    };
  }

  /// The exception that ends a call for which there is no room.
  static StatusRuntimeException overloaded(RequestHeaders headers) {
    return error(io.grpc.Status.RESOURCE_EXHAUSTED, Refusal.of(Code.OVERLOADED), headers);
  }

  private static StatusRuntimeException error(
      io.grpc.Status status, Refusal refusal, RequestHeaders headers) {
    Code code = refusal.code();
    String number = Integer.toString(code.number());
    Status.Builder ours =
        Status.newBuilder()
            .setCode(code.number())
            .setMessage(speaksEnglish(headers) ? code.english() : code.chinese());
    if (!refusal.getMessage().equals(code.english())) {
      ours.addDetails(Any.pack(DebugInfo.newBuilder().setDetail(refusal.getMessage()).build()));
    }
    com.google.rpc.Status details =
        com.google.rpc.Status.newBuilder()
            .setCode(GRPC_UNKNOWN)
            .setMessage(number)
            .addDetails(Any.pack(ours.build()))
            .build();
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details);
    return status.withDescription(number).asRuntimeException(trailers);
  }

  /// Whether the caller prefers English; everybody else is told in Chinese.
  static boolean speaksEnglish(RequestHeaders headers) {
    String accepted = headers.get(HttpHeaderNames.ACCEPT_LANGUAGE);
    if (accepted == null) {
      return false;
    }
    try {
      for (Locale.LanguageRange range : Locale.LanguageRange.parse(accepted)) {
        if (range.getRange().startsWith("zh")) {
          return false;
        }
        if (range.getRange().startsWith("en")) {
          return true;
        }
      }
    } catch (IllegalArgumentException e) {
      return false; // not a language list
    }
    return false;
  }

  /// For what goes wrong outside our own calls: frames that are too long, bodies that do not parse.
  @Override
  public io.grpc.Status apply(
      RequestContext context, io.grpc.Status status, Throwable cause, Metadata metadata) {
    if (status.getCode() != io.grpc.Status.Code.UNKNOWN
        && status.getCode() != io.grpc.Status.Code.INTERNAL) {
      return status.withCause(null);
    }
    RequestHeaders headers = ((ServiceRequestContext) context).request().headers();
    StatusRuntimeException error = toGrpc(headers, cause);
    if (error.getTrailers() != null) {
      metadata.merge(error.getTrailers());
    }
    return error.getStatus();
  }
}
