package dev.sixin.bench.torture.history;

import static dev.sixin.bench.torture.history.Tape.ANN;
import static dev.sixin.bench.torture.history.Tape.ANN_BEN;
import static dev.sixin.bench.torture.history.Tape.BEN;
import static dev.sixin.bench.torture.history.Tape.GROUP;
import static dev.sixin.bench.torture.history.Tape.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.bench.torture.history.Call.Act;
import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
  @TempDir private Path directory;

  @Test
  void whatIsRecorded_isReadAgain() throws IOException {
    Line message = line(10, ANN, ANN_BEN, 1);
    Map<Call, Outcome> recorded =
        Map.ofEntries(
            Map.entry(Tape.send(ANN_BEN, message), new Outcome.Sent(message.key())),
            Map.entry(new Call.Ack(ANN, GROUP, 0), new Done()),
            Map.entry(new Call.Pin(ANN, ANN_BEN, true), new Refused(-404)),
            Map.entry(new Call.Join(ANN, GROUP), new Done()),
            Map.entry(new Call.Relate(ANN, BEN, Act.BLOCK), new Unknown("UNAVAILABLE")),
            Map.entry(
                new Call.News(ANN, 5),
                new Outcome.Listed(List.of(Tape.session(ANN_BEN, 1, 10, 1)), true)),
            Map.entry(new Call.Sessions(ANN), new Outcome.Listed(List.of(), false)),
            Map.entry(
                new Call.Fetch(BEN, ANN_BEN, 0, true, true),
                new Outcome.Page(List.of(message), false)),
            Map.entry(new Call.Unread(ANN), new Outcome.Counted(1, 2)),
            Map.entry(new Call.Watch(BEN, 7), new Outcome.Told(99, GROUP, message)),
            Map.entry(new Call.Watch(BEN, 8), new Outcome.Told(99, null, null)),
            Map.entry(new Call.Processed(BEN, 99), new Done()),
            Map.entry(new Call.Trespass(BEN, "something"), new Refused(-403)),
            Map.entry(new Event(Event.Kind.GONE, "killed"), new Done()));
    Path path = directory.resolve("record.jsonl");
    try (RecordFile file = new RecordFile(path)) {
      recorded.forEach((call, outcome) -> file.add("somebody", file.micros(), call, outcome));
      assertThat(file.unknown()).isEqualTo(1);
      assertThat(file.calls()).containsEntry("watch", 2).doesNotContainKey("event");
    }

    List<Entry> read = new ArrayList<>(RecordFile.read(path));

    assertThat(read).hasSameSizeAs(recorded.keySet());
    assertThat(read)
        .allSatisfy(entry -> assertThat(entry.outcome()).isEqualTo(recorded.get(entry.call())))
        .allSatisfy(entry -> assertThat(entry.client()).isEqualTo("somebody"));
  }
}
