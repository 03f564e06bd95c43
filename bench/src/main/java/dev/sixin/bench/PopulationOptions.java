package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.UsageException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Option;

/// The options that say who calls.
final class PopulationOptions {
  @Option(
      names = "--populated",
      description = "all this is there from an earlier run: leaves it out")
  private boolean populated;

  @Option(names = "--users", description = "how many (${DEFAULT-VALUE})")
  private int users;

  @Option(names = "--contacts", description = "of each user, an even number (${DEFAULT-VALUE})")
  private int contacts;

  @Option(
      names = "--messages",
      description = "in each conversation at the beginning (${DEFAULT-VALUE})")
  private int messages;

  @Option(names = "--text", defaultValue = "40", description = "bytes of text (${DEFAULT-VALUE})")
  private int textBytes;

  /// The numbers hold unless the command line says something else.
  PopulationOptions(int users, int contacts, int messages) {
    this.users = users;
    this.contacts = contacts;
    this.messages = messages;
  }

  /// @throws UsageException when an option is out of bounds
  void check() {
    requireBetween("--users", users, 3, 20_000_000);
    requireBetween("--contacts", contacts, 2, Math.min(1_000, users - 1));
    if (contacts % 2 != 0) {
      throw new UsageException("--contacts: %d (expected: an even number)".formatted(contacts));
    }
    requireBetween("--messages", messages, 0, 10_000);
    if ((long) users * contacts / 2 * messages > Integer.MAX_VALUE) {
      throw new UsageException(
          "--messages: %,d (expected: fewer, for so many users)".formatted(messages));
    }
    requireBetween("--text", textBytes, 1, Texts.MAX_BYTES);
  }

  /// Tells the server of the population.
  ///
  /// @return what it calls
  UserCalls populate(Site site, long seed) throws InterruptedException {
    Population population = population();
    if (!populated) {
      site.populate(population);
    }
    UserCalls calls = calls(site, seed);
    if (!populated) {
      site.make("messages", population.pairs() * messages, calls::line);
    }
    return calls;
  }

  /// What a population calls of which the server knows.
  UserCalls calls(Site site, long seed) {
    Population population = population();
    return new UserCalls(
        population, site.authorizations(population.uids()), texts(new SplittableRandom(seed)));
  }

  Population population() {
    return new Population(users, contacts);
  }

  Texts texts(RandomGenerator random) {
    return new Texts(textBytes, random);
  }

  boolean populated() {
    return populated;
  }

  /// In words, for the head of a report.
  @Override
  public String toString() {
    return "%,d users with %d contacts; %d messages in each conversation at first; %d bytes of text"
        .formatted(users, contacts, messages, textBytes);
  }
}
