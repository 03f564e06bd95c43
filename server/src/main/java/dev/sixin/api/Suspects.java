package dev.sixin.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/// Networks from which a flood came. Who is cut off for one comes back at once and floods again: a
/// connection may give up hundreds of requests before it is closed, and some hundred connections a
/// second take all that the machine can do. So for a while a suspect network has one new connection
/// a second; more are to be closed at once. What it has open goes on.
final class Suspects {
  private static final long WHILE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long PACE_NANOS = Duration.ofSeconds(1).toNanos();

  /// When there are more, the one that has been suspect the longest is forgotten.
  private static final int MOST = 10_000;

  /// Who has one IPv6 address has all that begin with the same 8 bytes.
  private static final int IPV6_NETWORK_BYTES = 8;

  private final LongSupplier nanos;
  private final Counter floods;
  private final SequencedMap<ByteBuffer, Suspect> suspects = new LinkedHashMap<>();

  private record Suspect(long sinceNanos, long newestNanos) {}

  /// @param nanos the time, from whenever it begins
  Suspects(LongSupplier nanos, MeterRegistry meters) {
    this.nanos = nanos;
    this.floods =
        Counter.builder("sixin.floods")
            .description("Connections that were cut off for a flood")
            .register(meters);
  }

  /// A flood came from there.
  synchronized void add(SocketAddress from) {
    floods.increment();
    ByteBuffer network = network(from);
    long now = nanos.getAsLong();
    suspects.remove(network); // the order is that of the floods
    suspects.put(network, new Suspect(now, now));
    if (suspects.size() > MOST) {
      suspects.pollFirstEntry();
    }
  }

  /// Whether a new connection from there may stay.
  synchronized boolean letIn(SocketAddress from) {
    if (suspects.isEmpty()) {
      return true;
    }
    ByteBuffer network = network(from);
    Suspect suspect = suspects.get(network);
    long now = nanos.getAsLong();
    if (suspect == null || now - suspect.sinceNanos() >= WHILE_NANOS) {
      suspects.remove(network);
      return true;
    }
    if (now - suspect.newestNanos() < PACE_NANOS) {
      return false;
    }
    suspects.replace(network, new Suspect(suspect.sinceNanos(), now));
    return true;
  }

  private static ByteBuffer network(SocketAddress from) {
    if (!(from instanceof InetSocketAddress known)) {
      return ByteBuffer.allocate(0); // it is gone already
    }
    InetAddress address = known.getAddress();
    byte[] bytes = address.getAddress();
    int length = address instanceof Inet6Address ? IPV6_NETWORK_BYTES : bytes.length;
    return ByteBuffer.wrap(bytes, 0, length);
  }
}
