package dev.sixin.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/// What the server says went wrong with itself, whatever it answered: errors in its log, warnings
/// with an exception, threads that ended by one.
final class Faults implements AutoCloseable {
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();
  private final Logger log = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          boolean isFault =
              event.getLevel().isGreaterOrEqual(Level.ERROR)
                  || event.getLevel() == Level.WARN && event.getThrowableProxy() != null;
          if (isFault) {
            seen.add(
                "the log: %s %s"
                    .formatted(
                        event.getFormattedMessage(),
                        ThrowableProxyUtil.asString(event.getThrowableProxy())));
          }
        }
      };

  Faults() {
    appender.setContext(log.getLoggerContext());
    appender.start();
    log.addAppender(appender);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          StringWriter trace = new StringWriter();
          e.printStackTrace(new PrintWriter(trace));
          seen.add("the thread %s ended: %s".formatted(thread.getName(), trace));
        });
  }

  /// What was seen since this was asked last; null: nothing.
  String next() {
    return seen.poll();
  }

  @Override
  public void close() {
    Thread.setDefaultUncaughtExceptionHandler(before);
    log.detachAppender(appender);
  }
}
