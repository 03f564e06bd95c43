package dev.sixin.api;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceErrorHandler;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/// How bodies of requests are read. What is too long is read to its end all the same but not kept:
/// many callers listen only then, and the connection can go on.
public final class Bodies {
  private Bodies() {}

  /// A request with all of its body.
  ///
  /// @return fails with [ContentTooLargeException] when the body is longer than `most` bytes, and
  ///   with a refusal when it can not be read
  public static CompletableFuture<AggregatedHttpRequest> whole(HttpRequest request, int most) {
    Beginning beginning = new Beginning(most);
    return request
        .mapData(beginning::keep)
        .aggregate()
        .handle(
            (whole, thrown) -> {
              if (beginning.wasExceeded() || thrown instanceof ContentTooLargeException) {
                throw ContentTooLargeException.builder().maxContentLength(most).build();
              }
              if (thrown != null) {
                throw Refusal.of(Code.BAD_REQUEST, "the body: not whole, or not in its encoding");
              }
              return whole;
            });
  }

  private static final class Beginning {
    private final int most;
    private long bytes;

    Beginning(int most) {
      this.most = most;
    }

    HttpData keep(HttpData piece) {
      bytes += piece.length();
      if (!wasExceeded()) {
        return piece;
      }
      piece.close();
      return HttpData.empty();
    }

    boolean wasExceeded() {
      return bytes > most;
    }
  }

  /// An answer that follows when the rest of the request was read.
  public static HttpResponse afterAll(HttpRequest request, HttpResponse answer) {
    return HttpResponse.of(request.subscribe().handle((_, _) -> answer));
  }

  /// Has what Armeria ends calls for by itself, a request that is too long or takes too long,
  /// answered in our way.
  public static ServiceErrorHandler errors(
      BiFunction<RequestHeaders, Throwable, HttpResponse> answers) {
    ServiceErrorHandler ours =
        (context, thrown) -> {
          Throwable cause = thrown instanceof HttpStatusException ? thrown.getCause() : thrown;
          if (cause instanceof RequestTimeoutException) {
            Connections.tookTooLong(context);
          }
          return cause instanceof ContentTooLargeException
                  || cause instanceof RequestTimeoutException
              ? answers.apply(context.request().headers(), cause)
              : null;
        };
    return ours.orElse(ServerErrorHandler.ofDefault().asServiceErrorHandler());
  }
}
