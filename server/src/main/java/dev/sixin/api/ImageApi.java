package dev.sixin.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.multipart.MimeParsingException;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.HttpFile;
import dev.sixin.image.Images;
import dev.sixin.image.Images.Stored;
import dev.sixin.image.Images.Upload;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/// Pictures over HTTP: users upload them, and everybody who knows a URL gets them.
public final class ImageApi {
  /// Where pictures are uploaded to.
  static final String UPLOAD = "/x/im/upload";

  private static final String PICTURE = "/x/im/image/";

  /// What may stand around a picture in a form.
  private static final int FORM_BYTES = 64 << 10;

  /// How long a slow line may take.
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Calls calls;
  private final Images images;
  private final Optional<String> publicUrl;

  private ImageApi(Calls calls, Images images, Optional<String> publicUrl) {
    this.calls = calls;
    this.images = images;
    this.publicUrl = publicUrl;
  }

  /// Adds the two routes.
  ///
  /// @param publicUrl where clients reach this server, without a slash at the end; none: where the
  ///   one who uploads reached it
  public static void addTo(
      ServerBuilder server, Calls calls, Images images, Optional<String> publicUrl) {
    ImageApi api = new ImageApi(calls, images, publicUrl);
    server
        .route()
        .post(UPLOAD)
        .maxRequestLength(Images.MAX_BYTES + FORM_BYTES)
        .requestTimeout(LIMIT)
        .errorHandler(Envelope.errors(ImageApi::failed))
        .build(api::upload);
    server.route().get(PICTURE + "{name}").head(PICTURE + "{name}").build(api::picture);
  }

  private HttpResponse upload(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    return HttpResponse.of(
        calls
            .slowUser(
                headers,
                caller -> {
                  try (Upload upload = images.begin(caller.uid())) {
                    receive(request, upload.file());
                    return upload.keep();
                  }
                })
            .handle(
                (stored, thrown) ->
                    thrown == null
                        ? Envelope.of(data(request, stored))
                        : Envelope.afterAll(request, refusal(headers, thrown))));
  }

  /// Writes the one file of a form to ours.
  private static void receive(HttpRequest request, Path file) {
    MediaType type = request.contentType();
    if (type == null
        || !type.is(MediaType.MULTIPART_FORM_DATA)
        || !type.parameters().containsKey("boundary")) {
      throw Refusal.of(
          Code.BAD_REQUEST, "content-type (expected: multipart/form-data with a boundary)");
    }
    AtomicInteger files = new AtomicInteger();
    CompletableFuture<List<Boolean>> parts =
        Multipart.from(request)
            .collect(
                part -> {
                  boolean isFile = part.filename() != null;
                  boolean isFirst = isFile && files.incrementAndGet() == 1;
                  CompletableFuture<Void> read =
                      isFirst ? part.writeTo(file) : part.content().subscribe();
                  return read.thenApply(_ -> isFile);
                });
    try {
      parts.join();
    } catch (CompletionException e) {
      throw notReceived(e.getCause());
    }
    if (files.get() != 1) {
      throw Refusal.of(Code.BAD_REQUEST, "the form: %d files (expected: 1)".formatted(files.get()));
    }
  }

  private static RuntimeException notReceived(Throwable cause) {
    return switch (cause) {
      case ContentTooLargeException _ -> Images.tooLarge();
      case MimeParsingException e -> Refusal.of(Code.BAD_REQUEST, "the form: " + e.getMessage());
      case ClosedSessionException _, ClosedStreamException _, RequestTimeoutException _ ->
          Refusal.of(Code.BAD_REQUEST, "the form: not whole");
      case IOException e -> Images.notStored(e);
      default -> new CompletionException(cause);
    };
  }

  private ObjectNode data(HttpRequest request, Stored stored) {
    String server = publicUrl.orElseGet(() -> "http://" + request.authority());
    return JsonNodeFactory.instance
        .objectNode()
        .put("url", server + PICTURE + stored.name())
        .put("width", stored.picture().width())
        .put("height", stored.picture().height())
        .put("imageType", stored.picture().type())
        .put("size", Math.ceil(stored.bytes() / 10.24) / 100); // in KB, to two digits
  }

  /// The answer to an upload that ended before it was received.
  private static HttpResponse failed(RequestHeaders headers, Throwable cause) {
    return refusal(
        headers,
        cause instanceof ContentTooLargeException
            ? Images.tooLarge()
            : Refusal.of(Code.BAD_REQUEST, "the form: not whole in time"));
  }

  private static HttpResponse refusal(RequestHeaders headers, Throwable thrown) {
    return Envelope.of(HttpStatus.OK, Errors.told(headers, thrown));
  }

  /// A picture never changes, so it is asked for once; and it is nothing but a picture, whatever a
  /// browser would make of its bytes.
  private HttpResponse picture(ServiceRequestContext context, HttpRequest request)
      throws Exception {
    String name = context.pathParam("name");
    Optional<Path> file = images.find(name);
    if (file.isEmpty()) {
      RequestHeaders headers = request.headers();
      return Envelope.of(HttpStatus.NOT_FOUND, Errors.told(headers, Refusal.of(Code.NOT_FOUND)));
    }
    int dot = name.indexOf('.');
    return HttpFile.builder(file.get())
        .contentType("image/" + name.substring(dot + 1))
        .entityTag((_, _) -> name.substring(0, dot))
        .lastModified(false)
        .cacheControl("public, max-age=31536000, immutable")
        .setHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .setHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'")
        .build()
        .asService()
        .serve(context, request);
  }
}
