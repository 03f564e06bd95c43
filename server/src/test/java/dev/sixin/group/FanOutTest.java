package dev.sixin.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A message in a group is written once, whatever the size of the group.
class FanOutTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private final Person ann = Person.on(server);
  private final Person bob = Person.on(server);

  /// A group of Bob's with Ann and so many others in it.
  private Group group(int others) {
    Group group = Group.of(bob, ann);
    group.add(
        IntStream.range(0, others)
            .mapToObj(_ -> Person.unregistered(server))
            .toArray(Person[]::new));
    group.say(ann, "the first message");
    return group;
  }

  private static long rowsChangedBy(Runnable action) {
    Map<String, String> before = StoreRows.of(server);
    action.run();
    return StoreRows.changes(before, StoreRows.of(server));
  }

  @Test
  void sendingToTwoThousand_writesAsManyRowsAsSendingToTen() {
    Group small = group(8);
    Group large = group(1_998);

    long toTen = rowsChangedBy(() -> small.say(ann, "hello"));
    long toTwoThousand = rowsChangedBy(() -> large.say(ann, "hello"));
    // The message, the group's head, the sender's session and the sender's totals.
    assertThat(toTen).isEqualTo(4);
    assertThat(toTwoThousand).isEqualTo(toTen);
  }

  @Test
  void aMention_writesToTheMentionedAlone() {
    Group group = group(100);

    assertThat(rowsChangedBy(() -> ann.sends(group.text("look").addAtUids(bob.uid()))))
        .isEqualTo(4 + 2);
  }

  @Test
  void theHelper_isWrittenToByNobody() {
    Group group = group(8);
    group.choose(bob, settings -> settings.setHelper(true));

    assertThat(rowsChangedBy(() -> group.say(ann, "hello"))).isEqualTo(4);
  }

  @Test
  void readingAGroup_writesNothing() {
    Group group = group(8);
    group.say(ann, "hello");

    long changed =
        rowsChangedBy(
            () -> {
              group.history(bob);
              group.session(bob);
              bob.lists(page -> page);
            });
    assertThat(changed).isZero();
  }
}
