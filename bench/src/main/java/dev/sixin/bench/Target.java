package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.Config;
import dev.sixin.Server;
import dev.sixin.bench.Workload.Request;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A server that takes each SendMsg for one from a random user to a random contact, whoever sent it
/// and whatever it says, once it is told who they are.
final class Target implements AutoCloseable {
  private final Server server;
  private volatile UserCalls calls;

  /// Starts one, rates off.
  Target(int port, Path data) {
    this.server =
        Server.start(
            Config.of(
                Stream.concat(
                        Stream.of("--port=" + port, "--data=" + data),
                        Stream.of(ServerOptions.UNBOUNDED))
                    .toArray(String[]::new)),
            Clock.systemUTC(),
            builder -> builder.decorator(this::serve));
  }

  /// From now on the callers are these.
  void answer(UserCalls calls) {
    this.calls = calls;
  }

  private HttpResponse serve(
      HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
    if (calls == null || !context.path().equals(Texts.SEND.path())) {
      return service.serve(context, request);
    }
    return HttpResponse.of(
        request
            .aggregate()
            .thenApply(
                whole -> {
                  try {
                    return service.serve(context, other(whole, context));
                  } catch (Exception e) {
                    return HttpResponse.ofFailure(e);
                  }
                }));
  }

  private HttpRequest other(AggregatedHttpRequest whole, ServiceRequestContext context) {
    Request other = calls.send(ThreadLocalRandom.current());
    RequestHeaders headers =
        whole.headers().toBuilder()
            .set(HttpHeaderNames.AUTHORIZATION, new String(other.authorization(), US_ASCII))
            .contentLength(other.frame().length)
            .build();
    HttpRequest request = HttpRequest.of(headers, HttpData.wrap(other.frame()));
    context.updateRequest(request);
    return request;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  String adminToken() {
    return server.adminToken();
  }

  @Override
  public void close() {
    server.close();
  }
}
