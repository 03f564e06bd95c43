package dev.sixin.api.web;

import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.multipart.MimeParsingException;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.HttpFile;
import dev.sixin.api.Bodies;
import dev.sixin.api.CallLog;
import dev.sixin.api.Calls;
import dev.sixin.api.Envelope;
import dev.sixin.api.WebCredentials;
import dev.sixin.image.Images;
import dev.sixin.image.Images.Stored;
import dev.sixin.image.Images.Upload;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.web.v1.UploadedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Pictures over HTTP: users upload them, and everybody who knows a URL gets them.
///
/// Who is known by a cookie repeats the other one in a header, for a field of the form would be
/// known only after the picture was received.
public final class ImageApi {
  /// Where pictures are uploaded to.
  public static final String UPLOAD = "/x/im/upload";

  /// The header that repeats the cookie `bili_jct`.
  public static final String CSRF = "x-csrf-token";

  private static final String PICTURE = "/x/im/image/";

  /// What may stand around a picture in a form.
  private static final int FORM_BYTES = 64 << 10;

  private final Images images;
  private final Optional<String> publicUrl;
  private final Duration patience;

  /// @param publicUrl where clients reach this server, without a slash at the end; none: where the
  ///   one who uploads reached it
  /// @param patience how long an upload may take on a slow line
  public ImageApi(Images images, Optional<String> publicUrl, Duration patience) {
    this.images = images;
    this.publicUrl = publicUrl;
    this.patience = patience;
  }

  /// Adds the two routes.
  ///
  /// @param origins lets pages of other sites call
  void addTo(
      ServerBuilder server,
      Calls calls,
      Replies replies,
      Function<HttpService, HttpService> origins) {
    HttpService upload = (context, request) -> upload(calls, replies, context, request);
    server
        .route()
        .path(UPLOAD)
        .maxRequestLength(Images.MAX_BYTES + FORM_BYTES)
        .requestTimeout(patience)
        .errorHandler(Bodies.errors((headers, cause) -> replies.error(headers, notReceived(cause))))
        .build(origins.apply(new Methods(Map.of(HttpMethod.POST, upload))));
    server.route().get(PICTURE + "{name}").head(PICTURE + "{name}").build(this::picture);
  }

  private HttpResponse upload(
      Calls calls, Replies replies, ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    WebCredentials credentials = new WebCredentials(headers, true, headers.get(CSRF, ""), "");
    return HttpResponse.of(
        calls
            .slowUser(
                calls.begin(context, CallLog.UPLOAD),
                credentials,
                caller -> {
                  try (Upload upload = images.begin(caller.uid())) {
                    receive(request, upload.file());
                    return upload.keep();
                  }
                })
            .handle(
                (stored, thrown) ->
                    thrown == null
                        ? replies.success(answer(context, stored))
                        : Bodies.afterAll(request, replies.error(headers, thrown))));
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

  private UploadedImage answer(ServiceRequestContext context, Stored stored) {
    String scheme = context.sessionProtocol().isTls() ? "https://" : "http://";
    String server = publicUrl.orElseGet(() -> scheme + context.request().authority());
    return UploadedImage.newBuilder()
        .setUrl(server + PICTURE + stored.name())
        .setWidth(stored.picture().width())
        .setHeight(stored.picture().height())
        .setImageType(stored.picture().type())
        .setSize(Math.ceil(stored.bytes() / 10.24) / 100) // in KB, to two digits
        .build();
  }

  /// A picture never changes, so it is asked for once; and it is nothing but a picture, whatever a
  /// browser would make of its bytes.
  private HttpResponse picture(ServiceRequestContext context, HttpRequest request)
      throws Exception {
    String name = context.pathParam("name");
    Optional<Path> file = images.find(name);
    if (file.isEmpty()) {
      return HttpResponse.of(
          Envelope.headers(HttpStatus.NOT_FOUND), Replies.error(request.headers(), Code.NOT_FOUND));
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
