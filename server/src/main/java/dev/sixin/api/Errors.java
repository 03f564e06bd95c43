package dev.sixin.api;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.DebugInfo;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How what goes wrong looks on the wire.
///
/// A business error is gRPC status UNKNOWN with the code as message, and a `google.rpc.Status` (the
/// same status and message) whose one detail is a `bilibili.rpc.Status`: the code, our text in the
/// caller's language, and, for developers, what exactly was wrong.
final class Errors implements GrpcExceptionHandlerFunction {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);
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

  /// The exception that ends a call whose request is not a whole message.
  static StatusRuntimeException notWhole(RequestHeaders headers) {
    return error(
        io.grpc.Status.UNKNOWN,
        Refusal.of(Code.BAD_REQUEST, "the request: not a whole gRPC call"),
        headers);
  }

  /// The answer to a call that ends before it begins.
  static HttpResponse response(HttpRequest request, StatusRuntimeException error) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(request.contentType())
            .add("grpc-accept-encoding", "gzip")
            .addInt("grpc-status", error.getStatus().getCode().value())
            .add("grpc-message", error.getStatus().getDescription());
    if (error.getTrailers() != null) {
      byte[] details = error.getTrailers().get(DETAILS).toByteArray();
      headers.add(DETAILS.name(), Base64.getEncoder().withoutPadding().encodeToString(details));
    }
    return HttpResponse.of(headers.endOfStream(true).build());
  }

  /// What a caller is told of what went wrong: the code, our text, and exactly what.
  static Status told(RequestHeaders headers, Throwable thrown) {
    return told(headers, toGrpc(headers, thrown).getTrailers());
  }

  /// What a caller is told of what ended a call.
  static Status told(RequestHeaders headers, Metadata trailers) {
    com.google.rpc.Status details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return told(headers, Refusal.of(Code.SERVER_FAULT));
    }
    try {
      return details.getDetails(0).unpack(Status.class);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an error that is not ours", e);
    }
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
            .setCode(status.getCode().value()) // else libraries take it for damaged
            .setMessage(number)
            .addDetails(Any.pack(ours.build()))
            .build();
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details);
    return new Ended(status.withDescription(number), trailers);
  }

  /// An end of a call. Without a stack trace: that would cost more than the rest of a refusal, and
  /// nobody reads it.
  private static final class Ended extends StatusRuntimeException {
    private static final long serialVersionUID = 1;

    Ended(io.grpc.Status status, Metadata trailers) {
      super(status, trailers);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // does nothing
    public Throwable fillInStackTrace() {
      return this;
    }
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

  /// For what goes wrong outside our own calls: messages that are too long or can not be read,
  /// clients that went away, calls that took too long.
  @Override
  public io.grpc.Status apply(
      RequestContext context, io.grpc.Status status, Throwable cause, Metadata metadata) {
    if (cause instanceof RequestTimeoutException) {
      return io.grpc.Status.DEADLINE_EXCEEDED;
    }
    if (cause instanceof ClosedStreamException || cause instanceof ClosedSessionException) {
      return null; // nobody is left to be told
    }
    RequestHeaders headers = ((ServiceRequestContext) context).request().headers();
    StatusRuntimeException error =
        context.log().isAvailable(RequestLogProperty.REQUEST_CONTENT)
            ? toGrpc(headers, cause)
            : unreadable(headers, status);
    Metadata trailers = error.getTrailers();
    if (trailers != null && trailers != metadata) { // a stream's error comes by here once more
      metadata.discardAll(DETAILS);
      metadata.merge(trailers);
    }
    return error.getStatus();
  }

  /// The exception that ends a call whose request never became a message: a client's fault, so
  /// never INTERNAL.
  private static StatusRuntimeException unreadable(RequestHeaders headers, io.grpc.Status status) {
    return switch (status.getCode()) {
      case RESOURCE_EXHAUSTED ->
          error(
              io.grpc.Status.RESOURCE_EXHAUSTED,
              Refusal.of(
                  Code.BAD_REQUEST,
                  "the message: too long (expected: at most %d bytes)"
                      .formatted(GrpcApi.MAX_FRAME_BYTES)),
              headers);
      default -> notWhole(headers);
    };
  }
}
