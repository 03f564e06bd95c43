package dev.sixin.bench;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Users and who follows whom: everybody has the same number of contacts, and contacts follow each
/// other. The same numbers always give the same people, so data that is there already fits.
///
/// Users stand in a circle; a user's contacts are those at certain distances to both sides. The
/// distances are scattered, so that contacts are no neighbours on disk.
final class Population {
  private static final long FIRST_UID = 10_000_000;

  private final int users;
  private final int[] distances;

  /// @param users how many
  /// @param contacts of each user; even, at least 2, less than half of `users`
  Population(int users, int contacts) {
    this.users = users;
    SplittableRandom random = new SplittableRandom(users);
    Set<Integer> chosen = new HashSet<>();
    while (chosen.size() < contacts / 2) {
      chosen.add(random.nextInt(1, (users + 1) / 2));
    }
    this.distances = chosen.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  int users() {
    return users;
  }

  /// How many contacts each user has.
  int contacts() {
    return 2 * distances.length;
  }

  /// How many pairs of contacts there are.
  int pairs() {
    return users * distances.length;
  }

  long uid(int user) {
    return FIRST_UID + user;
  }

  /// All users, in their order.
  long[] uids() {
    return IntStream.range(0, users).mapToLong(this::uid).toArray();
  }

  /// A user's contact.
  ///
  /// @param number 0 to [#contacts] - 1
  int contact(int user, int number) {
    int distance = distances[number >> 1];
    return Math.floorMod((number & 1) == 0 ? user + distance : user - distance, users);
  }

  /// One side of a pair of contacts.
  ///
  /// @param number 0 to [#pairs] - 1
  int pairFrom(int number) {
    return number / distances.length;
  }

  /// The other side of a pair of contacts.
  int pairTo(int number) {
    return contact(pairFrom(number), 2 * (number % distances.length));
  }
}
