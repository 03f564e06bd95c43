package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Bodies;
import dev.sixin.api.CallLog;
import dev.sixin.api.Calls;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Takes the calls of one route: reads them, has them answered by way of [Calls], and puts what
/// comes of it into the envelope.
final class WebService<Q extends Message, A extends Message> implements HttpService {
  /// The longest form, in bytes. The longest legal content takes a tenth of it.
  static final int MAX_FORM_BYTES = 64 << 10;

  private final Route<Q, A> route;
  private final String name;
  private final Calls calls;
  private final Replies replies;

  WebService(Route<Q, A> route, Calls calls, Replies replies) {
    this.route = route;
    this.name = CallLog.path(route.call());
    this.calls = calls;
    this.replies = replies;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    if (!calls.hasRoom()) {
      calls.refused();
      return replies.error(headers, Refusal.of(Code.OVERLOADED));
    }
    return HttpResponse.of(
        Bodies.whole(request, MAX_FORM_BYTES)
            .thenCompose(whole -> answer(context, whole))
            .thenApply(answer -> reply(context, answer))
            .exceptionally(thrown -> replies.error(headers, thrown)));
  }

  private HttpResponse reply(ServiceRequestContext context, A answer) {
    HttpData body = Replies.body(answer);
    calls.owe(context, body.length());
    return replies.success(body);
  }

  private CompletableFuture<A> answer(
      ServiceRequestContext context, AggregatedHttpRequest request) {
    RequestHeaders headers = request.headers();
    byte[] parameters = route.writes() ? form(request) : query(headers);
    WebCall call = new WebCall(headers, Parameters.parse(parameters));
    return calls.user(
        calls.begin(context, name),
        call.credentials(route.writes()),
        caller -> route.rule().answer(caller, call.request(route), call));
  }

  static byte[] query(RequestHeaders headers) {
    int mark = headers.path().indexOf('?');
    return mark < 0
        ? new byte[0]
        : headers.path().substring(mark + 1).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] form(AggregatedHttpRequest request) {
    MediaType type = request.contentType();
    boolean isForm = type != null && type.is(MediaType.FORM_DATA) && isUtf8(type);
    if (!isForm && !request.content().isEmpty()) {
      throw Refusal.of(
          Code.BAD_REQUEST, "content-type: %s (expected: a form in UTF-8)".formatted(type));
    }
    return request.content().array();
  }

  private static boolean isUtf8(MediaType type) {
    return type.parameters().getOrDefault("charset", List.of()).stream()
        .allMatch("utf-8"::equalsIgnoreCase);
  }
}
