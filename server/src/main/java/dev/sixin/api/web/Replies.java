package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import dev.sixin.api.Envelope;
import dev.sixin.api.Errors;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;

/// The answers of the web dialect: an [Envelope], and which HTTP status it has.
final class Replies {
  private final boolean tellsProxies;

  /// @param tellsProxies whether errors that a proxy must see have an HTTP status of their own;
  ///   else every answer is 200
  Replies(boolean tellsProxies) {
    this.tellsProxies = tellsProxies;
  }

  /// The answer of a call that succeeded.
  HttpResponse success(Message data) {
    return success(body(data));
  }

  /// The answer of a call that succeeded, with this body.
  HttpResponse success(HttpData body) {
    return HttpResponse.of(Envelope.headers(HttpStatus.OK), body);
  }

  /// What a call answers that succeeded.
  static HttpData body(Message data) {
    return Envelope.of(json -> Json.write(json, data));
  }

  /// The answer of a call that ended with this.
  HttpResponse error(RequestHeaders request, Throwable thrown) {
    if (Exceptions.peel(thrown) instanceof ContentTooLargeException tooLong) {
      String detail = "the body: too long (expected: at most %d bytes)";
      return error(
          request,
          Refusal.of(Code.BAD_REQUEST, detail.formatted(tooLong.maxContentLength())),
          HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    }
    Refusal refusal = Errors.refusal(thrown);
    return error(request, refusal, status(refusal.code()));
  }

  private HttpResponse error(RequestHeaders request, Refusal refusal, HttpStatus status) {
    return HttpResponse.of(
        Envelope.headers(tellsProxies ? status : HttpStatus.OK), error(request, refusal));
  }

  private static HttpStatus status(Code code) {
    return switch (code) {
      case NOT_SIGNED_IN -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN, CSRF_FAILED -> HttpStatus.FORBIDDEN;
      case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
      case SYSTEM_ERROR -> HttpStatus.SERVICE_UNAVAILABLE;
      default -> HttpStatus.OK;
    };
  }

  /// The envelope of an error.
  static HttpData error(RequestHeaders request, Code code) {
    return error(request, Refusal.of(code));
  }

  private static HttpData error(RequestHeaders request, Refusal refusal) {
    Code code = refusal.code();
    return Envelope.error(code.number(), Errors.text(request, code), Errors.detail(refusal));
  }
}
