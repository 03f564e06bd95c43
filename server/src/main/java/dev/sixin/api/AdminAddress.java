package dev.sixin.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.Status;
import java.util.stream.Stream;

/// Keeps what only the site may call to an address of its own. Elsewhere it is as if it were not
/// there, and at that address there is nothing else, but for what says how the server is and what
/// it can do.
public final class AdminAddress implements DecoratingHttpServiceFunction {
  private static final String[] SITE = {"/sixin.admin.v1.Admin/", "/admin/", "/metrics"};
  private static final String[] EVERYWHERE = {"/healthz", "/readyz", "/grpc.reflection.", "/docs"};

  private volatile int port = -1;

  /// From now on the site calls here. Before, it could call nowhere.
  public void open(int at) {
    this.port = at;
  }

  @Override
  public HttpResponse serve(HttpService service, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    String route = context.config().route().patternString(); // what was matched, however written
    boolean atHome = context.localAddress().getPort() == port;
    return isOneOf(EVERYWHERE, route) || isOneOf(SITE, route) == atHome
        ? service.serve(context, request)
        : notThere(request);
  }

  private static boolean isOneOf(String[] beginnings, String route) {
    return Stream.of(beginnings).anyMatch(route::startsWith);
  }

  private static HttpResponse notThere(HttpRequest request) {
    MediaType type = request.contentType();
    return type != null && type.subtype().startsWith("grpc")
        ? Errors.response(
            request, Status.UNIMPLEMENTED.withDescription("no such service").asRuntimeException())
        : JsonErrors.of(request.headers(), Refusal.of(Code.NOT_FOUND));
  }
}
