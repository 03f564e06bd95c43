package dev.sixin.bench.torture;

import dev.sixin.Failure;
import java.io.IOException;
import java.util.List;

/// A loopback address that nothing reaches: a route of this machine that leads nowhere. What its
/// owner sends to others by connections of its own still goes out, for those begin elsewhere; their
/// answers come by connections that begin at others, and do not arrive. Needs root, Linux and `ip`.
final class Cut implements AutoCloseable {
  private final String address;
  private final Thread ending = Thread.ofPlatform().unstarted(this::mend);

  private Cut(String address) {
    this.address = address;
  }

  /// Cuts an address off.
  static Cut off(String address) {
    Cut cut = new Cut(address);
    Runtime.getRuntime().addShutdownHook(cut.ending);
    if (!ip("add", address)) {
      throw new Failure(address + ": could not be cut off");
    }
    return cut;
  }

  /// Whether this process may do so here.
  ///
  /// @param address one that nobody uses now
  static boolean isPossible(String address) {
    return ip("add", address) && ip("del", address);
  }

  private static boolean ip(String what, String address) {
    try {
      return new ProcessBuilder(
                  List.of("ip", "route", what, "blackhole", address + "/32", "table", "local"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such command
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void mend() {
    var _ = ip("del", address);
  }

  @Override
  public void close() {
    mend();
    Runtime.getRuntime().removeShutdownHook(ending);
  }
}
