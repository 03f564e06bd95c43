package dev.sixin.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;

/// The page where people chat: files that call the web dialect, at `/` and below `/web/`.
public final class ChatPage {
  private static final String FILES = "web";
  private static final String PREACT =
      "META-INF/resources/webjars/preact/10.28.0/dist/preact.module.js";

  /// Browsers keep the files and ask each time whether they are still the same, so that after an
  /// upgrade they never run new files with old ones.
  private static final String CACHE = "no-cache";

  /// Nothing but these files runs, whatever people write to each other. Pictures may come from
  /// anywhere.
  private static final HttpHeaders HEADERS =
      HttpHeaders.of(
          HttpHeaderNames.CONTENT_SECURITY_POLICY,
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self' https: http: data:; base-uri 'none'; form-action 'none';"
              + " frame-ancestors 'none'",
          HttpHeaderNames.X_CONTENT_TYPE_OPTIONS,
          "nosniff",
          HttpHeaderNames.REFERRER_POLICY,
          "no-referrer");

  private ChatPage() {}

  /// Adds the page to a server.
  public static void addTo(ServerBuilder server) {
    ClassLoader loader = ChatPage.class.getClassLoader();
    server.service("/", file(loader, FILES + "/index.html"));
    server.service("/web/preact.js", file(loader, PREACT));
    server.service("/web/", (_, _) -> HttpResponse.of(HttpStatus.NOT_FOUND)); // else the page again
    server.serviceUnder(
        "/web", FileService.builder(loader, FILES).cacheControl(CACHE).setHeaders(HEADERS).build());
  }

  private static HttpService file(ClassLoader loader, String path) {
    return HttpFile.builder(loader, path)
        .cacheControl(CACHE)
        .setHeaders(HEADERS)
        .build()
        .asService();
  }
}
