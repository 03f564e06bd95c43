package dev.sixin.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// What those who run a server look at: `/healthz` (it lives), `/readyz` (it takes writes) and
/// `/metrics` (what it counts of itself).
///
/// The first two are for everybody and hold no more than a word. Metrics, which tell how busy a
/// site is, are for who carries the admin token, and for who asks from the same machine with no
/// proxy between: a proxy on that machine would bring anybody's request.
public final class OperatorPages {
  private static final MediaType PROMETHEUS =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private static final List<String> MARKS_OF_PROXIES =
      List.of("forwarded", "x-forwarded-for", "x-real-ip", "via");

  private final Authenticator authenticator;
  private final Farewell farewell;
  private final Supplier<Optional<String>> unready;
  private final Supplier<Optional<String>> remark;
  private final Supplier<String> metrics;

  /// @param unready why the server takes no writes now; empty: it does
  /// @param remark what is not as it should be though it takes writes
  /// @param metrics all of them, in the format that Prometheus reads
  public OperatorPages(
      Authenticator authenticator,
      Farewell farewell,
      Supplier<Optional<String>> unready,
      Supplier<Optional<String>> remark,
      Supplier<String> metrics) {
    this.authenticator = authenticator;
    this.farewell = farewell;
    this.unready = unready;
    this.remark = remark;
    this.metrics = metrics;
  }

  /// Adds the pages to a server.
  public void addTo(ServerBuilder server) {
    server
        .service("/healthz", page((_, _) -> text(HttpStatus.OK, "live")))
        .service("/readyz", page((_, _) -> ready()))
        .service("/metrics", page(this::metrics));
  }

  private HttpService page(HttpService service) {
    return service.decorate(
        (next, context, request) -> {
          farewell.tell(context);
          RequestIds.echo(context);
          return switch (request.method()) {
            case GET, HEAD -> next.serve(context, request);
            default -> HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
          };
        });
  }

  private HttpResponse ready() {
    return unready
        .get()
        .map(reason -> text(HttpStatus.SERVICE_UNAVAILABLE, reason))
        .orElseGet(
            () -> text(HttpStatus.OK, "ready" + remark.get().map(", but "::concat).orElse("")));
  }

  private static HttpResponse text(HttpStatus status, String line) {
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, line + "\n");
  }

  private HttpResponse metrics(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    try {
      if (!isFromHere(context, headers)) {
        authenticator.requireAdmin(headers);
      }
    } catch (Refusal e) {
      return JsonErrors.of(headers, e);
    }
    // The sizes of files are among them, and who asks for those may wait.
    return HttpResponse.of(
        CompletableFuture.supplyAsync(
            () -> HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.get()),
            context.blockingTaskExecutor()));
  }

  private static boolean isFromHere(ServiceRequestContext context, RequestHeaders headers) {
    return context.remoteAddress().getAddress().isLoopbackAddress()
        && MARKS_OF_PROXIES.stream().noneMatch(headers::contains);
  }
}
