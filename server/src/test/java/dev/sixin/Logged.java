package dev.sixin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/// All that is logged from now on, as text.
public final class Logged implements AutoCloseable {
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(text(event));
        }
      };

  private final Map<Logger, Level> levels = new HashMap<>();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();

  /// What the levels let through.
  public Logged() {
    appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    appender.start();
    root.addAppender(appender);
  }

  /// All that there is, of libraries too, but for what the configuration switches off altogether.
  public static Logged everything() {
    Logged logged = new Logged();
    logged.setAllLevels();
    return logged;
  }

  private void setAllLevels() {
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.remove(appender);
    others.forEach(root::detachAppender); // nobody reads so much
    for (Logger logger : root.getLoggerContext().getLoggerList()) {
      if (logger.getLevel() != null && logger.getLevel() != Level.OFF) {
        levels.put(logger, logger.getLevel());
        logger.setLevel(Level.TRACE);
      }
    }
  }

  private static String text(ILoggingEvent event) {
    StringBuilder text = new StringBuilder(event.getLoggerName()).append(": ");
    text.append(event.getFormattedMessage());
    for (Map.Entry<String, String> entry : event.getMDCPropertyMap().entrySet()) {
      text.append(' ').append(entry);
    }
    for (IThrowableProxy thrown = event.getThrowableProxy();
        thrown != null;
        thrown = thrown.getCause()) {
      text.append('\n').append(thrown.getClassName()).append(": ").append(thrown.getMessage());
    }
    return text.toString();
  }

  /// Every line so far.
  public Stream<String> lines() {
    return lines.stream();
  }

  /// Whether a line contains something.
  public boolean has(String text) {
    return lines().anyMatch(line -> line.contains(text));
  }

  /// Forgets what was logged before.
  public void clear() {
    lines.clear();
  }

  @Override
  public void close() {
    levels.forEach(Logger::setLevel);
    others.forEach(root::addAppender);
    root.detachAppender(appender);
    appender.stop();
  }
}
