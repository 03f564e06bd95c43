package dev.sixin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.DebugInfo;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceErrorHandler;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import java.util.Arrays;
import java.util.function.BiFunction;

/// The JSON object that says how a call went: its code and our text, then the data, or for
/// developers what exactly was wrong.
///
/// ```
/// {"code":0,"msg":"0","message":"0","ttl":1,"data":{…}}
/// {"code":-400,"msg":"请求错误","message":"请求错误","ttl":1,"detail":"uid: required"}
/// ```
final class Envelope {
  private Envelope() {}

  /// The answer to a call that went well.
  static HttpResponse of(JsonNode data) {
    ObjectNode envelope = envelope(0, "0");
    envelope.set("data", data);
    return response(HttpStatus.OK, envelope);
  }

  /// The answer to a call that did not.
  static HttpResponse of(HttpStatus httpStatus, Status error) {
    ObjectNode envelope = envelope(error.getCode(), error.getMessage());
    for (Any detail : error.getDetailsList()) {
      envelope.put("detail", text(detail));
    }
    return response(httpStatus, envelope);
  }

  /// What such an object looks like that has one more member.
  static ObjectNode schema(String member, ObjectNode schema) {
    ObjectNode envelope = JsonSchemas.type("object");
    ObjectNode members = envelope.putObject("properties");
    members.set("code", JsonSchemas.type("integer").put("format", "int32"));
    members.set("msg", JsonSchemas.type("string"));
    members.set("message", JsonSchemas.type("string"));
    members.set("ttl", JsonSchemas.type("integer"));
    members.set(member, schema);
    return envelope;
  }

  /// An answer that follows when the rest of the request was read, and thrown away: many callers
  /// listen only then.
  static HttpResponse afterAll(HttpRequest request, HttpResponse answer) {
    return HttpResponse.of(request.subscribe().handle((_, _) -> answer));
  }

  /// Has what Armeria ends calls for by itself, a request that is too long or takes too long,
  /// answered in our way.
  static ServiceErrorHandler errors(BiFunction<RequestHeaders, Throwable, HttpResponse> answers) {
    ServiceErrorHandler ours =
        (context, thrown) -> {
          Throwable cause = thrown instanceof HttpStatusException ? thrown.getCause() : thrown;
          return cause instanceof ContentTooLargeException
                  || cause instanceof RequestTimeoutException
              ? answers.apply(context.request().headers(), cause)
              : null;
        };
    return ours.orElse(ServerErrorHandler.ofDefault().asServiceErrorHandler());
  }

  private static ObjectNode envelope(int code, String text) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", code)
        .put("msg", text)
        .put("message", text)
        .put("ttl", 1);
  }

  private static String text(Any detail) {
    try {
      return detail.unpack(DebugInfo.class).getDetail();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a detail that is not ours", e);
    }
  }

  private static HttpResponse response(HttpStatus httpStatus, ObjectNode envelope) {
    return HttpResponse.of(httpStatus, MediaType.JSON_UTF_8, envelope + "\n");
  }

  /// The HTTP status that says about the same as a code, for callers that go by it.
  static HttpStatus httpStatus(Status error) {
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
