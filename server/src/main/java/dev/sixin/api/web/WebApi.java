package dev.sixin.api.web;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.encoding.StreamDecoderFactory;
import com.linecorp.armeria.common.encoding.StreamEncoderFactories;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.encoding.DecodingService;
import com.linecorp.armeria.server.encoding.EncodingService;
import dev.sixin.api.Answers;
import dev.sixin.api.Calls;
import dev.sixin.user.Users;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// The calls of the web dialect as HTTP services.
public final class WebApi {
  /// Answers larger than this are compressed for clients that accept it.
  private static final int COMPRESS_ABOVE_BYTES = 1 << 10;

  /// Proxies take a stream for dead on which nothing comes for a minute.
  private static final Duration COMMENTS = Duration.ofSeconds(30);

  private WebApi() {}

  /// What the operator decides of it.
  ///
  /// @param origins the sites whose pages may call, such as `https://www.example.org`; none: no
  ///   other site than the one that the server appears as
  /// @param httpStatus whether errors that a proxy must see have an HTTP status of their own
  public record Settings(List<String> origins, boolean httpStatus) {}

  /// Adds the calls to a server.
  public static void addTo(
      ServerBuilder server, Calls calls, Answers answers, Users users, Settings settings) {
    Replies replies = new Replies(settings.httpStatus());
    Function<HttpService, HttpService> encodings = WebApi::withEncodings;
    Function<HttpService, HttpService> shared = encodings.andThen(origins(settings.origins()));
    for (Route<?> route : Routes.of(answers, users)) {
      server.service(route.path(), shared.apply(new WebService<>(route, calls, replies)));
    }
    HttpService push = new PushService(calls, answers.watches(), replies, COMMENTS);
    server.service(PushService.PATH, origins(settings.origins()).apply(push));
    server.errorHandler(new OtherErrors());
  }

  private static HttpService withEncodings(HttpService service) {
    return EncodingService.builder()
        .encoderFactories(StreamEncoderFactories.GZIP)
        .encodableContentTypes(MediaType.JSON_UTF_8)
        .minBytesToForceChunkedEncoding(COMPRESS_ABOVE_BYTES)
        .build(DecodingService.newDecorator(StreamDecoderFactory.gzip()).apply(service));
  }

  private static Function<HttpService, HttpService> origins(List<String> origins) {
    if (origins.isEmpty()) {
      return Function.identity();
    }
    return service ->
        CorsService.builder(origins)
            .allowCredentials()
            .allowRequestMethods(HttpMethod.GET, HttpMethod.POST)
            .allowRequestHeaders("authorization", "content-type")
            .build(service);
  }
}
