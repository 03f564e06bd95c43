package dev.sixin.store.cassandra;

import dev.sixin.store.Announcement;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Key;
import dev.sixin.store.Pending.Alone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What follows from one transaction: its events, and theirs. Ends when all of it is done, and then
/// hands over what all of it announced.
final class Aftermath {
  private final Consumer<List<Announced>> end;

  private record Said(Key entity, Announcement what) {}

  private final List<Said> said = new ArrayList<>();
  private int open = 1;
  private long micros;

  /// The aftermath of a transaction that is not done yet.
  Aftermath(Consumer<List<Announced>> end) {
    this.end = end;
  }

  /// One part of it is durable; what it told is still to be done.
  void did(Key entity, Alone<?> part) {
    ends(
        () -> {
          micros = Math.max(micros, part.micros());
          part.announced().forEach(what -> said.add(new Said(entity, what)));
          return part.told().size() - 1;
        });
  }

  /// One part of it needs not be done: it was before, or can not be.
  void skipped() {
    ends(() -> -1);
  }

  private interface Step {
    int more();
  }

  private void ends(Step step) {
    List<Announced> announced;
    synchronized (this) {
      open += step.more();
      if (open > 0) {
        return;
      }
      announced =
          said.stream().map(one -> new Announced(one.entity(), micros, one.what())).toList();
    }
    end.accept(announced);
  }
}
