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
public final class Errors implements GrpcExceptionHandlerFunction {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  /// What a caller is told of something that was thrown. What nobody foresaw is logged.
  public static Refusal refusal(Throwable thrown) {
    Throwable cause = cause(thrown);
    Refusal foreseen = foreseen(cause);
    if (foreseen == null) {
      log.error("an answer failed", cause);
      return Refusal.of(Code.SERVER_FAULT);
    }
    return foreseen;
  }

  /// What a caller is told of something that may happen; null: nobody foresaw it.
  static Refusal foreseen(Throwable cause) {
    return switch (cause) {
      case Refusal refusal -> refusal;
      case StoreOverloaded _ -> Refusal.of(Code.OVERLOADED);
      case StoreUnavailable _ -> Refusal.of(Code.SYSTEM_ERROR);
      case null, default -> null;
    };
  }

  /// What was thrown, if something else only brought it.
  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException ? thrown.getCause() : thrown;
  }

  /// The exception that ends a gRPC call because of another.
  static StatusRuntimeException toGrpc(RequestHeaders headers, Throwable thrown) {
    if (cause(thrown) instanceof StatusRuntimeException e) {
      return e;
    }
    Refusal refusal = refusal(thrown);
    io.grpc.Status status =
        switch (refusal.code()) {
          case NOT_SIGNED_IN -> io.grpc.Status.UNAUTHENTICATED;
          case OVERLOADED -> io.grpc.Status.RESOURCE_EXHAUSTED;
          case SYSTEM_ERROR -> io.grpc.Status.UNAVAILABLE;
          case SERVER_FAULT -> io.grpc.Status.INTERNAL;
          default -> io.grpc.Status.UNKNOWN;
        };
    return error(status, refusal, headers);
  }

  /// The exception that ends a call for which there is no room.
  static StatusRuntimeException overloaded(RequestHeaders headers) {
    return overloaded(speaksEnglish(headers));
  }

  /// The exception that ends a call for which there is no room.
  static StatusRuntimeException overloaded(boolean english) {
    return error(io.grpc.Status.RESOURCE_EXHAUSTED, Refusal.of(Code.OVERLOADED), english);
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
    return HttpResponse.of(headers(request.contentType().toString(), error));
  }

  /// The headers that are all of the answer to a call that ends before it begins.
  ///
  /// @param type the content type of the call
  static ResponseHeaders headers(String type, StatusRuntimeException error) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .add(HttpHeaderNames.CONTENT_TYPE, type)
            .add("grpc-accept-encoding", "gzip")
            .addInt("grpc-status", error.getStatus().getCode().value())
            .add("grpc-message", error.getStatus().getDescription());
    if (error.getTrailers() != null) {
      byte[] details = error.getTrailers().get(DETAILS).toByteArray();
      headers.add(DETAILS.name(), Base64.getEncoder().withoutPadding().encodeToString(details));
    }
    return headers.endOfStream(true).build();
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
    return error(status, refusal, speaksEnglish(headers));
  }

  private static StatusRuntimeException error(
      io.grpc.Status status, Refusal refusal, boolean english) {
    Code code = refusal.code();
    String number = Integer.toString(code.number());
    Status.Builder ours =
        Status.newBuilder().setCode(code.number()).setMessage(text(english, code));
    String detail = detail(refusal);
    if (!detail.isEmpty()) {
      ours.addDetails(Any.pack(DebugInfo.newBuilder().setDetail(detail).build()));
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

  /// What a refusal says to developers; empty if it is no more than its code says.
  public static String detail(Refusal refusal) {
    return refusal.getMessage().equals(refusal.code().english()) ? "" : refusal.getMessage();
  }

  /// What the person who calls is told, in their language.
  public static String text(RequestHeaders headers, Code code) {
    return text(speaksEnglish(headers), code);
  }

  private static String text(boolean english, Code code) {
    return english ? code.english() : code.chinese();
  }

  /// Whether the caller prefers English; everybody else is told in Chinese.
  public static boolean speaksEnglish(RequestHeaders headers) {
    return speaksEnglish(headers.get(HttpHeaderNames.ACCEPT_LANGUAGE));
  }

  /// Whether these languages, as the header Accept-Language names them, say English first.
  ///
  /// @param accepted null when the caller does not say
  static boolean speaksEnglish(CharSequence accepted) {
    if (accepted == null) {
      return false;
    }
    try {
      for (Locale.LanguageRange range : Locale.LanguageRange.parse(accepted.toString())) {
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
      Connections.tookTooLong((ServiceRequestContext) context);
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
