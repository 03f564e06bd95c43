package dev.sixin.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.admin.v1.AdminGrpc;
import dev.sixin.live.v1.LiveGrpc;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.notify.NotifyGrpc;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.web.v1.WebGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// What is kept of calls: how long each took, by its name and the code that it ended with; and a
/// line in the log for each that failed because of a fault or was slow.
///
/// No line says who called or what the call held.
public final class CallLog {
  /// The call by which users upload pictures. It has no descriptor, for it is no message.
  public static final String UPLOAD = "/sixin.web.v1.Web/Upload";

  /// Under this name what is logged while a call is answered has the call's id.
  static final String REQUEST = "request";

  private static final Logger log = LoggerFactory.getLogger(CallLog.class);

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          ImInterfaceGrpc.getServiceDescriptor(),
          NotifyGrpc.getServiceDescriptor(),
          LiveGrpc.getServiceDescriptor(),
          WebGrpc.getServiceDescriptor(),
          AdminGrpc.getServiceDescriptor());

  private static final String OK = "0";

  /// The code of calls whose caller went away before the answer.
  private static final String GONE = "gone";

  /// Lines in a second at most. When a disk hangs, all calls are slow.
  private static final int LINES_PER_SECOND = 10;

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry meters;
  private final long slowNanos;
  private final Map<String, Kind> byPath = new HashMap<>();
  private final Kind other = new Kind("other");
  private final Counter refused;
  private final Scarce lines = new Scarce(LINES_PER_SECOND, System::nanoTime);

  /// @param slow how long a call takes at least that is logged; zero: none is for its time
  public CallLog(MeterRegistry meters, Duration slow) {
    this.meters = meters;
    this.slowNanos = slow.isZero() ? Long.MAX_VALUE : slow.toNanos();
    this.refused =
        Counter.builder("sixin.calls.refused")
            .description("Calls for which there was no room (-509), not counted as calls")
            .register(meters);
    for (ServiceDescriptor service : SERVICES) {
      String name = service.getName().substring(service.getName().lastIndexOf('.') + 1);
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        Kind kind = new Kind(name + "/" + method.getBareMethodName());
        byPath.put(path(method), kind);
        String post = JsonApi.rule(descriptor(method)).getPost();
        if (!post.isEmpty()) {
          byPath.put(post, kind);
        }
      }
    }
    byPath.put(UPLOAD, new Kind("Web/Upload"));
  }

  private static com.google.protobuf.Descriptors.MethodDescriptor descriptor(
      MethodDescriptor<?, ?> method) {
    return ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor()).getMethodDescriptor();
  }

  /// The path of a call over gRPC.
  public static String path(MethodDescriptor<?, ?> method) {
    return "/" + method.getFullMethodName();
  }

  /// Says how many calls are under way.
  void showUnderWay(IntSupplier calls) {
    Gauge.builder("sixin.calls.under.way", calls, IntSupplier::getAsInt)
        .description("Calls that are being answered")
        .strongReference(true)
        .register(meters);
  }

  /// A call was turned away before it began.
  void refused() {
    refused.increment();
  }

  /// A call begins.
  ///
  /// @param path what names it: that of the same call over gRPC
  Call begin(ServiceRequestContext context, String path) {
    return new Call(this, byPath.getOrDefault(path, other), context, System.nanoTime());
  }

  /// A call has ended.
  ///
  /// @param thrown null when it succeeded
  /// @return what its caller is to be told of what was thrown
  Throwable end(Call call, Throwable thrown) {
    long nanos = System.nanoTime() - call.beginNanos();
    Throwable cause = Errors.cause(thrown);
    Refusal foreseen = Errors.foreseen(cause);
    String code =
        thrown == null || cause instanceof CancellationException
            ? thrown == null ? OK : GONE
            : Integer.toString((foreseen == null ? Code.SERVER_FAULT : foreseen.code()).number());
    call.kind().timer(code).record(Duration.ofNanos(nanos));
    if (foreseen == null && cause != null && !(cause instanceof CancellationException)) {
      say(call, () -> log.error("failed: {}", call.line(code, nanos), cause));
      return Refusal.of(Code.SERVER_FAULT);
    }
    if (nanos > slowNanos) {
      say(call, () -> log.warn("slow: {}", call.line(code, nanos)));
    }
    return thrown;
  }

  private void say(Call call, Runnable line) {
    try (var _ = MDC.putCloseable(REQUEST, call.id())) {
      long left = lines.take();
      if (left > 0) {
        log.warn("{} calls that failed or were slow were not logged", left);
      }
      if (left >= 0) {
        line.run();
        RequestIds.tell(call.context());
      }
    }
  }

  /// The calls of one name.
  final class Kind {
    private final String name;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    private Kind(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    private Timer timer(String code) {
      Timer known = timers.get(code);
      return known != null ? known : timers.computeIfAbsent(code, this::register);
    }

    private Timer register(String code) {
      return Timer.builder("sixin.call")
          .description("How long calls took until they were answered, by call and code (0: well)")
          .tag("call", name)
          .tag("code", code)
          .serviceLevelObjectives(BUCKETS)
          .register(meters);
    }
  }
}
