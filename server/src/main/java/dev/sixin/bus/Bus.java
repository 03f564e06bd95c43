package dev.sixin.bus;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.entity.Talker;
import dev.sixin.push.Others;
import dev.sixin.store.Announcement.Announced;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Consumer;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the other servers of the site: a connection to NATS. It never holds up anybody: what
/// can not be sent at once is lost, and counted. While the bus is away the server goes on, and the
/// connection comes back by itself.
public final class Bus implements Others, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Bus.class);

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
  private static final Duration CONNECTING = Duration.ofSeconds(2);
  private static final Duration SETTLING = Duration.ofMillis(200);
  private static final Duration PINGING = Duration.ofSeconds(5);

  /// A few megabytes each.
  private static final int MOST_OUTGOING = 20_000;

  private static final int MOST_INCOMING = 20_000;
  private static final int MOST_INCOMING_BYTES = 16 << 20;

  private final String where;
  private final String subject;
  private final Options.Builder options;
  private final Counter sent;
  private final Counter received;
  private final Counter lost;
  private final Counter unreadable;

  /// Of whom is to be heard here.
  private final Set<Talker> heard = ConcurrentHashMap.newKeySet();

  // Set when it begins to connect.
  private volatile Listener listener;
  private volatile Thread connecting;

  // Set once there is a connection, with the lock of this object; then it stays for good.
  private volatile Connection connection;
  private Dispatcher dispatcher;

  private volatile boolean away = true;
  private volatile boolean closed;

  /// What a server does with what it hears.
  public interface Listener {
    /// Takes what another server announced. Called by one thread at a time.
    void hear(Announced announced);

    /// Something may have been lost: it is time to look.
    void mayHaveMissed();
  }

  /// A bus that is away.
  ///
  /// @throws IOException when a file of the settings is of no use
  public Bus(BusSettings settings, MeterRegistry meters) throws IOException {
    this.where = settings.where();
    this.subject = settings.subject();
    this.options = settings.read();
    this.sent = counter(meters, "sent", "Announcements that went to the bus");
    this.received = counter(meters, "received", "Announcements of other servers that came");
    this.lost =
        counter(meters, "lost", "Announcements that the bus did not take, or that came too fast");
    this.unreadable = counter(meters, "unreadable", "What came and is no announcement");
    Gauge.builder("sixin.bus.connected", this, bus -> bus.away ? 0 : 1)
        .description("1: the bus is there; 0: it is away")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String name, String description) {
    return Counter.builder("sixin.bus." + name).description(description).register(meters);
  }

  /// Begins to connect, and goes on until it is done.
  ///
  /// @param theListener called from now on
  public void connect(Listener theListener) {
    listener = theListener;
    connecting = Thread.ofVirtual().name("bus").start(() -> connect(options()));
  }

  private Options options() {
    return options
        .noEcho()
        .connectionTimeout(CONNECTING)
        .pingInterval(PINGING)
        .maxReconnects(-1)
        .reconnectWait(TRY_AGAIN)
        .reconnectBufferSize(0) // by then it is no news
        .maxMessagesInOutgoingQueue(MOST_OUTGOING)
        .discardMessagesWhenOutgoingQueueFull()
        .connectionListener((_, event) -> turned(event))
        .errorListener(new Errors())
        .build();
  }

  private void connect(Options options) {
    String why = null;
    while (!closed) {
      try {
        begin(Nats.connect(options));
        return;
      } catch (IOException | IllegalStateException e) {
        if (why == null) {
          why = String.valueOf(e.getMessage());
          log.warn("bus {}: can not be reached ({}); trying on", where, why);
        }
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(TRY_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void begin(Connection begun) throws InterruptedException {
    if (closed) {
      begun.close();
      return;
    }
    dispatcher = begun.createDispatcher(this::take);
    dispatcher.setPendingLimits(MOST_INCOMING, MOST_INCOMING_BYTES);
    dispatcher.subscribe(subject(Talker.NOBODY));
    heard.forEach(whom -> dispatcher.subscribe(subject(whom)));
    connection = begun;
    here();
  }

  private void turned(Events event) {
    switch (event) {
      case DISCONNECTED, CLOSED -> {
        if (!away && !closed) {
          away = true;
          log.warn("bus {}: away; what happens on other servers is seen seconds later", where);
        }
      }
      case RESUBSCRIBED -> here();
      default -> {}
    }
  }

  private void here() {
    if (away) {
      away = false;
      log.info("bus {}: connected", where);
      listener.mayHaveMissed();
    }
  }

  private String subject(Talker whom) {
    if (whom.equals(Talker.NOBODY)) {
      return subject + ".all";
    }
    return subject + (whom.isUser() ? ".user." : ".group.") + Long.toUnsignedString(whom.id());
  }

  /// Whether the bus can not be reached now.
  public boolean isAway() {
    return away;
  }

  @Override
  public void listenTo(Talker whom) {
    synchronized (this) {
      if (heard.add(whom) && connection != null && !closed) {
        dispatcher.subscribe(subject(whom));
      }
    }
  }

  @Override
  public void ignore(Talker whom) {
    synchronized (this) {
      if (heard.remove(whom) && connection != null && !closed) {
        dispatcher.unsubscribe(subject(whom));
      }
    }
  }

  @Override
  public void settle() {
    Connection now = connection;
    if (away || now == null) {
      return;
    }
    try {
      now.flush(SETTLING);
    } catch (TimeoutException | IllegalStateException e) {
      log.debug("bus: slow or away", e); // what is missed in between is looked for
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void tell(List<Announced> announced) {
    for (Announced one : announced) {
      for (Letters.Addressed letter : Letters.address(one)) {
        send(letter);
      }
    }
  }

  private void send(Letters.Addressed letter) {
    Connection now = connection;
    if (away || now == null) {
      lost.increment();
      return;
    }
    try {
      now.publish(subject(letter.to()), Letters.write(letter.what()));
      sent.increment();
    } catch (IllegalStateException | IllegalArgumentException e) {
      lost.increment(); // away since, or larger than the bus takes
    }
  }

  private void take(Message message) {
    Optional<Announced> announced;
    try {
      announced = Letters.read(message.getData());
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      unreadable.increment();
      log.debug("bus: what came is no announcement", e);
      return;
    }
    announced.ifPresent(this::hear);
  }

  private void hear(Announced announced) {
    received.increment();
    try {
      listener.hear(announced);
    } catch (RuntimeException e) {
      log.warn("bus: what another server did was not taken in; the next round looks for it", e);
    }
  }

  /// What the connection says of itself, which would else go to a log of its own.
  private final class Errors implements ErrorListener {
    @Override
    public void errorOccurred(Connection where, String error) {
      log.warn("bus {}: {}", where, error);
    }

    @Override
    public void exceptionOccurred(Connection where, Exception e) {
      log.debug("bus", e); // also said by the connection being away
    }

    @Override
    public void slowConsumerDetected(Connection where, Consumer consumer) {
      lost.increment();
      log.warn("bus {}: more comes than can be taken", where);
      listener.mayHaveMissed();
    }

    @Override
    public void messageDiscarded(Connection where, Message message) {
      lost.increment();
    }
  }

  /// Leaves the bus.
  @Override
  public void close() {
    closed = true;
    if (connecting != null) {
      connecting.interrupt();
    }
    synchronized (this) {
      if (connection != null) {
        try {
          connection.close();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
