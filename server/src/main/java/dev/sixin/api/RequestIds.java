package dev.sixin.api;

import com.linecorp.armeria.common.RequestId;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.regex.Pattern;

/// What requests are called in the log: what the header `x-request-id` says, if it is a sane name;
/// else 16 random hexadecimal digits. An answer says it in the same header when the request named
/// itself, and when something was logged of the call.
public final class RequestIds {
  static final String HEADER = "x-request-id";

  /// Nothing that means something to whoever reads a log.
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private RequestIds() {}

  private record Given(String text) implements RequestId {}

  /// Lets a server name its requests so.
  public static void addTo(ServerBuilder server) {
    server.requestIdGenerator(RequestIds::of);
  }

  /// Has the answer of a request that names itself say so too.
  static void echo(ServiceRequestContext context) {
    if (context.id() instanceof Given) {
      tell(context);
    }
  }

  // Armeria makes an id for every request anyway, of a random number; it is written out when
  // somebody reads it.
  private static RequestId of(RoutingContext request) {
    String given = request.headers().get(HEADER);
    return given != null && SANE.matcher(given).matches() ? new Given(given) : RequestId.random();
  }

  /// Has the answer of a request say what it is called.
  static void tell(ServiceRequestContext context) {
    context.setAdditionalResponseHeader(HEADER, context.id().text());
  }
}
