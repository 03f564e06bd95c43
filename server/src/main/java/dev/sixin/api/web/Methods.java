package dev.sixin.api.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Envelope;
import dev.sixin.refusal.Code;
import java.util.Map;
import java.util.stream.Collectors;

/// What a path answers, by the method. Others are not allowed.
record Methods(Map<HttpMethod, HttpService> services) implements HttpService {
  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    HttpService service = services.get(request.method());
    return service == null ? notAllowed(request) : service.serve(context, request);
  }

  private HttpResponse notAllowed(HttpRequest request) {
    String allowed =
        services.keySet().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    return HttpResponse.of(
        Envelope.headers(HttpStatus.METHOD_NOT_ALLOWED).toBuilder()
            .add(HttpHeaderNames.ALLOW, allowed)
            .build(),
        Replies.error(request.headers(), Code.BAD_REQUEST));
  }
}
