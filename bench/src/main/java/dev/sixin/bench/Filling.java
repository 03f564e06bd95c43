package dev.sixin.bench;

import dev.sixin.Failure;
import dev.sixin.message.Messages;
import dev.sixin.proto.type.Msg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/// Fills a data directory on which no server runs with messages as users send them: all checks and
/// all rows, but no wire in between.
final class Filling implements AutoCloseable {
  private static final int UNDER_WAY = 4_000;

  /// How many messages two people exchange before others do: real talk comes in such pieces, and
  /// the rows of a conversation are then at hand for all but the first of them.
  private static final int TALK = 10;

  private final Fixture fixture;
  private final PopulationOptions people;
  private final Progress progress;

  Filling(Path data, PopulationOptions people, Progress progress) throws IOException {
    this.fixture = Fixture.over(data);
    this.people = people;
    this.progress = progress;
  }

  /// Sends messages between random users and random contacts, who answer each other.
  ///
  /// @param there how many messages there are; 0: no users either
  /// @param size how many there shall be
  void fill(long there, long size) throws InterruptedException {
    Population population = people.population();
    if (there == 0 && !people.populated()) {
      progress.show(() -> "filling: users and relations");
      fixture.populate(population);
    }
    SplittableRandom random = new SplittableRandom(there);
    Texts texts = people.texts(random);
    Messages messages = fixture.messages();
    Semaphore room = new Semaphore(UNDER_WAY);
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long user = 0;
    long contact = 0;
    for (long i = there; i < size && failed.get() == null; i++) {
      long sent = i;
      progress.show(() -> "filling: %,d of %,d messages".formatted(sent, size));
      if ((i - there) % TALK == 0) {
        int one = random.nextInt(population.users());
        user = population.uid(one);
        contact = population.uid(population.contact(one, random.nextInt(population.contacts())));
      }
      Msg message =
          i % 2 == 0 ? texts.message(user, contact, random) : texts.message(contact, user, random);
      room.acquire();
      var _ =
          messages
              .send(message, false)
              .whenComplete(
                  (_, thrown) -> {
                    failed.compareAndSet(null, thrown);
                    room.release();
                  });
    }
    room.acquire(UNDER_WAY);
    if (failed.get() != null) {
      throw new Failure("filling: " + failed.get());
    }
  }

  @Override
  public void close() throws IOException {
    fixture.close();
  }
}
