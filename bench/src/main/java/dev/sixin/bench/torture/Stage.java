package dev.sixin.bench.torture;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.bench.torture.history.RecordFile;
import dev.sixin.bench.torture.history.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// What all clients share: who there is, the way to the server, the record.
///
/// @param tokens of each user and device
/// @param connections clients take one of them each
record Stage(
    Subject subject,
    RecordFile record,
    Map<Device, String> tokens,
    List<ClientFactory> connections,
    Phase phase) {
  /// All users, who write to each other.
  static final long[] PEOPLE = LongStream.rangeClosed(1, 8).toArray();

  /// Nobody has this number.
  static final long NOBODY = 999;

  /// The groups and who is in them, the owner first; everybody is outside of one.
  static final Map<Long, long[]> GROUPS =
      Map.of(101L, new long[] {1, 2, 3, 4, 5}, 102L, new long[] {8, 7, 6, 5, 4});

  /// A device of a user: each watches and acknowledges for itself.
  record Device(long uid, String name) {}

  /// How far the whole is, for all to see.
  static final class Phase {
    private volatile boolean writing = true;
    private volatile boolean reading = true;

    /// Whether clients write.
    boolean isWriting() {
      return writing;
    }

    /// Whether clients poll and watch.
    boolean isReading() {
      return reading;
    }

    void stopWriting() {
      writing = false;
    }

    void stopReading() {
      reading = false;
    }
  }

  ClientFactory connection(int number) {
    return connections.get(number % connections.size());
  }

  /// The conversations that a user takes part in.
  static List<Talk> talksOf(long uid) {
    List<Talk> talks = new ArrayList<>();
    for (long other : PEOPLE) {
      if (other != uid) {
        talks.add(Talk.between(uid, other));
      }
    }
    talks.addAll(groupsOf(uid));
    return talks;
  }

  /// The groups that a user is in.
  static List<Talk> groupsOf(long uid) {
    return GROUPS.keySet().stream()
        .sorted()
        .filter(group -> isMember(uid, group))
        .map(Talk::group)
        .toList();
  }

  /// The groups that a user is not in.
  static List<Talk> groupsWithout(long uid) {
    return GROUPS.keySet().stream()
        .sorted()
        .filter(group -> !isMember(uid, group))
        .map(Talk::group)
        .toList();
  }

  private static boolean isMember(long uid, long group) {
    return LongStream.of(GROUPS.get(group)).anyMatch(member -> member == uid);
  }
}
