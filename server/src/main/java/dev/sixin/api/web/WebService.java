package dev.sixin.api.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Calls;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Takes the calls of one route: reads them, has them answered by way of [Calls], and puts what
/// comes of it into the envelope.
final class WebService<T> implements HttpService {
  /// The longest form, in bytes. The longest legal content takes a tenth of it.
  static final int MAX_FORM_BYTES = 64 << 10;

  private final Route<T> route;
  private final Calls calls;
  private final Replies replies;

  WebService(Route<T> route, Calls calls, Replies replies) {
    this.route = route;
    this.calls = calls;
    this.replies = replies;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    if (request.method() != route.method()) {
      return Replies.notAllowed(headers, route.method());
    }
    if (!calls.hasRoom()) {
      return replies.error(headers, Refusal.of(Code.OVERLOADED));
    }
    Bounded body = new Bounded();
    return HttpResponse.of(
        request
            .mapData(body::keep)
            .aggregate()
            .thenCompose(whole -> answer(whole, body.tooLong()))
            .exceptionally(thrown -> unreadable(headers, thrown)));
  }

  private HttpResponse unreadable(RequestHeaders headers, Throwable thrown) {
    return Exceptions.peel(thrown) instanceof ContentTooLargeException
        ? replies.tooLong(headers)
        : replies.error(headers, Refusal.of(Code.BAD_REQUEST, "the body: not in its encoding"));
  }

  private CompletableFuture<HttpResponse> answer(AggregatedHttpRequest request, boolean tooLong) {
    RequestHeaders headers = request.headers();
    if (tooLong) {
      return CompletableFuture.completedFuture(replies.tooLong(headers));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      byte[] parameters = route.writes() ? form(request) : query(headers);
      WebCall call = new WebCall(headers, Parameters.parse(parameters));
      calls.user(
          call.credentials(route.writes()),
          caller -> route.rule().answer(caller, call),
          (value, thrown) -> {
            if (thrown == null) {
              answer.complete(value);
            } else {
              answer.completeExceptionally(thrown);
            }
          });
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
    return answer
        .thenApply(replies::success)
        .exceptionally(thrown -> replies.error(headers, thrown));
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

  /// Lets a body's beginning through. What is too long is read to its end all the same, so that the
  /// connection can go on.
  private static final class Bounded {
    private long bytes;

    HttpData keep(HttpData piece) {
      bytes += piece.length();
      if (!tooLong()) {
        return piece;
      }
      piece.close();
      return HttpData.empty();
    }

    boolean tooLong() {
      return bytes > MAX_FORM_BYTES;
    }
  }
}
