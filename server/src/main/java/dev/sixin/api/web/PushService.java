package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.CallLog;
import dev.sixin.api.Calls;
import dev.sixin.api.Envelope;
import dev.sixin.api.Notices;
import dev.sixin.api.WatchStream;
import dev.sixin.api.Watches;
import dev.sixin.proto.notify.NotifyGrpc;
import dev.sixin.push.End;
import dev.sixin.push.Moment;
import dev.sixin.push.Notice;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Live push as Server-Sent Events: each is the JSON of ReqServerNotify, its `id` the number. The
/// events `typing` and `read` are those of `sixin.live.v1`; they have no `id`, so that a browser
/// goes on after the last of the others. The event `kick_out` says that the token is worthless now;
/// nothing comes after it.
final class PushService implements HttpService {
  static final String PATH = "/x/im/sse";

  private static final String NAME = CallLog.path(NotifyGrpc.getWatchNotifyMethod());

  private static final ResponseHeaders HEADERS =
      Envelope.headers(HttpStatus.OK).toBuilder()
          .contentType(MediaType.EVENT_STREAM)
          .add("x-accel-buffering", "no") // nginx would keep events back
          .build();

  private static final HttpData COMMENT = HttpData.ofUtf8(":\n\n");
  private static final HttpData KICK_OUT = HttpData.ofUtf8("event: kick_out\ndata: {}\n\n");

  private final Calls calls;
  private final Watches watches;
  private final Replies replies;
  private final Duration comments;

  /// @param comments how often a line is sent that says nothing, so that nobody between takes the
  ///   stream for dead
  PushService(Calls calls, Watches watches, Replies replies, Duration comments) {
    this.calls = calls;
    this.watches = watches;
    this.replies = replies;
    this.comments = comments;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    if (!calls.hasRoom()) {
      calls.refused();
      return replies.error(headers, Refusal.of(Code.OVERLOADED));
    }
    context.clearRequestTimeout();
    HttpResponseWriter writer = HttpResponse.streaming();
    Stream stream = new Stream(writer, context.eventLoop().withoutContext());
    try {
      WebCall call = new WebCall(headers, Parameters.parse(WebService.query(headers)));
      return HttpResponse.of(
          calls
              .user(
                  calls.begin(context, NAME),
                  call.credentials(false),
                  caller ->
                      CompletableFuture.completedFuture(
                          watches.beginAll(caller, lastEvent(headers), stream)))
              .thenApply(
                  watcher -> {
                    writer.write(HEADERS);
                    stream.begin(watcher);
                    return (HttpResponse) writer;
                  })
              .exceptionally(thrown -> refuse(headers, writer, thrown)));
    } catch (RuntimeException e) {
      return refuse(headers, writer, e);
    }
  }

  private HttpResponse refuse(RequestHeaders headers, HttpResponseWriter writer, Throwable thrown) {
    writer.abort();
    return replies.error(headers, thrown);
  }

  /// The last event that a browser got before it lost the stream, if it says so.
  private static OptionalLong lastEvent(RequestHeaders headers) {
    try {
      String id = headers.get(HttpHeaderNames.of("last-event-id"));
      return id == null ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(id));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // not one of ours
    }
  }

  private final class Stream extends WatchStream {
    private final HttpResponseWriter out;
    private final ScheduledFuture<?> comment;
    private boolean busy;

    Stream(HttpResponseWriter out, EventLoop loop) {
      super(watches, loop);
      this.out = out;
      long millis = comments.toMillis();
      this.comment = loop.scheduleAtFixedRate(this::comment, millis, millis, TimeUnit.MILLISECONDS);
      var _ =
          out.whenComplete()
              .handle(
                  (_, _) -> {
                    comment.cancel(false);
                    leave();
                    return null;
                  });
    }

    @Override
    protected boolean isReady() {
      return !busy;
    }

    private void comment() {
      if (!busy) {
        write(COMMENT);
      }
    }

    private void write(HttpData data) {
      if (out.tryWrite(data)) {
        busy = true;
        var _ =
            out.whenConsumed()
                .thenRun(
                    () -> {
                      busy = false;
                      goOn();
                    });
      }
    }

    @Override
    protected void send(long uid, Notice notice) {
      String id = Long.toUnsignedString(notice.number());
      write(HttpData.ofUtf8("id: %s\ndata: %s\n\n", id, json(Notices.of(notice))));
    }

    @Override
    protected void send(long uid, Moment moment) {
      // The one member that is set: its name is the event's.
      Notices.of(moment)
          .getAllFields()
          .forEach(
              (what, value) ->
                  write(
                      HttpData.ofUtf8(
                          "event: %s\ndata: %s\n\n", what.getName(), json((Message) value))));
    }

    private static String json(Message message) {
      return new String(Json.of(message), StandardCharsets.UTF_8);
    }

    @Override
    protected void end(long uid, End reason) {
      if (reason == End.KICKED_OUT) {
        write(KICK_OUT);
      }
      out.close();
    }
  }
}
