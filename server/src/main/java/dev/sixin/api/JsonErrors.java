package dev.sixin.api;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.DebugInfo;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.Metadata;
import java.util.Arrays;

/// How what goes wrong in the site's calls looks as JSON: an [Envelope], with an HTTP status that
/// says about the same as the code.
final class JsonErrors {
  private JsonErrors() {}

  /// The answer to a call that ended with this.
  static HttpResponse of(RequestHeaders headers, Throwable thrown) {
    return Exceptions.peel(thrown) instanceof ContentTooLargeException
        ? tooLong(headers)
        : of(Errors.told(headers, thrown));
  }

  /// The answer to a call that gRPC ended with these trailers.
  static HttpResponse of(RequestHeaders headers, Metadata trailers) {
    return of(Errors.told(headers, trailers));
  }

  private static HttpResponse of(Status error) {
    return of(httpStatus(error), error);
  }

  private static HttpResponse tooLong(RequestHeaders headers) {
    Refusal refusal =
        Refusal.of(
            Code.BAD_REQUEST,
            "the body: too long (expected: at most %d bytes)".formatted(GrpcApi.MAX_FRAME_BYTES));
    return of(HttpStatus.REQUEST_ENTITY_TOO_LARGE, Errors.told(headers, refusal));
  }

  private static HttpResponse of(HttpStatus httpStatus, Status error) {
    String detail = error.getDetailsList().stream().map(JsonErrors::text).findFirst().orElse("");
    return HttpResponse.of(
        Envelope.headers(httpStatus), Envelope.error(error.getCode(), error.getMessage(), detail));
  }

  private static String text(Any detail) {
    try {
      return detail.unpack(DebugInfo.class).getDetail();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a detail that is not ours", e);
    }
  }

  private static HttpStatus httpStatus(Status error) {
    Code code =
        Arrays.stream(Code.values())
            .filter(known -> known.number() == error.getCode())
            .findAny()
            .orElseThrow();
    return switch (code) {
      case NOT_SIGNED_IN -> HttpStatus.UNAUTHORIZED;
      case CSRF_FAILED,
          FORBIDDEN,
          NO_PERMISSION,
          TYPE_NOT_ALLOWED,
          ONE_MESSAGE_TO_STRANGERS,
          REFUSED_BY_RECEIVER,
          BLOCKED_BY_SENDER,
          GROUP_DISSOLVED,
          NOT_IN_GROUP ->
          HttpStatus.FORBIDDEN;
      case NOT_FOUND, NO_SUCH_MESSAGE, NEVER_SPOKEN -> HttpStatus.NOT_FOUND;
      case TOO_FAST, FAR_TOO_MUCH -> HttpStatus.TOO_MANY_REQUESTS;
      case SERVER_FAULT -> HttpStatus.INTERNAL_SERVER_ERROR;
      case SYSTEM_ERROR, OVERLOADED, MAINTENANCE -> HttpStatus.SERVICE_UNAVAILABLE;
      case BAD_PARAMETER,
          BAD_REQUEST,
          CONTENT_TOO_LONG,
          TO_ONESELF,
          BAD_IMAGE,
          TOO_LATE_TO_RECALL,
          ALREADY_RECALLED ->
          HttpStatus.BAD_REQUEST;
    };
  }
}
