package dev.sixin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.URI;
import java.util.Set;

/// The people of a demo with their tokens, so that one can sign in on the page by a click: a JSON
/// array of `{"uid", "name", "token"}`, uids as texts. A demo listens on this machine alone; so
/// that the page of another site can not read the tokens from the browser of this machine, they are
/// given only under this machine's own names.
final class DemoPeople implements HttpService {
  static final String PATH = "/demo/people";

  private static final Set<String> OWN_NAMES = Set.of("127.0.0.1", "localhost");

  private final ArrayNode people = JsonNodeFactory.instance.arrayNode();

  synchronized void add(long uid, String name, String token) {
    people.addObject().put("uid", Long.toUnsignedString(uid)).put("name", name).put("token", token);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    String host = URI.create("http://" + request.authority()).getHost();
    if (host == null || !OWN_NAMES.contains(host)) {
      return HttpResponse.of(HttpStatus.FORBIDDEN);
    }
    return HttpResponse.of(
        ResponseHeaders.of(
            HttpStatus.OK,
            HttpHeaderNames.CONTENT_TYPE,
            MediaType.JSON_UTF_8,
            HttpHeaderNames.CACHE_CONTROL,
            "no-store"),
        HttpData.ofUtf8(all()));
  }

  private synchronized String all() {
    return people.toString();
  }
}
