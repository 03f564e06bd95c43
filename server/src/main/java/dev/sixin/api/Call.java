package dev.sixin.api;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.TimeUnit;

/// A call that came and is not answered yet. Get one from [Calls#begin].
public final class Call {
  private final CallLog log;
  private final CallLog.Kind kind;
  private final ServiceRequestContext context;
  private final long beginNanos;

  Call(CallLog log, CallLog.Kind kind, ServiceRequestContext context, long beginNanos) {
    this.log = log;
    this.kind = kind;
    this.context = context;
    this.beginNanos = beginNanos;
  }

  CallLog.Kind kind() {
    return kind;
  }

  ServiceRequestContext context() {
    return context;
  }

  long beginNanos() {
    return beginNanos;
  }

  /// What it came with.
  RequestHeaders headers() {
    return context.request().headers();
  }

  /// What it is called in the log.
  String id() {
    return context.id().text();
  }

  /// What the log says of it.
  String line(String code, long nanos) {
    return "%s code=%s ms=%d".formatted(kind.name(), code, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /// It has ended.
  ///
  /// @param thrown null when it succeeded
  /// @return what its caller is to be told of what was thrown
  Throwable end(Throwable thrown) {
    return log.end(this, thrown);
  }
}
