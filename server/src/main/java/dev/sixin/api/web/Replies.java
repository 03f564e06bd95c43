package dev.sixin.api.web;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.sixin.api.Errors;
import dev.sixin.refusal.Code;
import java.util.LinkedHashMap;
import java.util.Map;

/// The envelope of the web dialect: `{"code":0,"msg":"0","message":"0","ttl":1,"data":{…}}`. An
/// error has its code, its text in `msg` and `message`, and null as data.
final class Replies {
  private static final int TTL = 1;

  private final boolean tellsProxies;

  /// @param tellsProxies whether errors that a proxy must see have an HTTP status of their own;
  ///   else every answer is 200
  Replies(boolean tellsProxies) {
    this.tellsProxies = tellsProxies;
  }

  /// The answer of a call that succeeded.
  HttpResponse success(Object data) {
    return response(HttpStatus.OK, envelope(0, "0", data));
  }

  /// The answer of a call that ended with this.
  HttpResponse error(RequestHeaders request, Throwable thrown) {
    Code code = Errors.refusal(thrown).code();
    return error(request, code, status(code));
  }

  /// The answer of a call whose form is too long.
  HttpResponse tooLong(RequestHeaders request) {
    return error(request, Code.BAD_REQUEST, HttpStatus.REQUEST_ENTITY_TOO_LARGE);
  }

  private HttpResponse error(RequestHeaders request, Code code, HttpStatus status) {
    return response(tellsProxies ? status : HttpStatus.OK, error(request, code));
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

  /// The answer to a method that a path does not have.
  static HttpResponse notAllowed(RequestHeaders request, HttpMethod allowed) {
    return HttpResponse.of(
        headers(HttpStatus.METHOD_NOT_ALLOWED).toBuilder()
            .add(HttpHeaderNames.ALLOW, allowed.name())
            .build(),
        error(request, Code.BAD_REQUEST));
  }

  /// The envelope of an error.
  static HttpData error(RequestHeaders request, Code code) {
    return envelope(code.number(), Errors.text(request, code), null);
  }

  private static HttpData envelope(int code, String text, Object data) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("code", code);
    members.put("msg", text);
    members.put("message", text);
    members.put("ttl", TTL);
    members.put("data", data);
    return HttpData.wrap(Json.object(members));
  }

  private static HttpResponse response(HttpStatus status, HttpData body) {
    return HttpResponse.of(headers(status), body);
  }

  /// What stands above every answer: it is somebody's own, so no proxy may keep it.
  static ResponseHeaders headers(HttpStatus status) {
    return ResponseHeaders.builder(status)
        .contentType(MediaType.JSON_UTF_8)
        .add(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .build();
  }
}
