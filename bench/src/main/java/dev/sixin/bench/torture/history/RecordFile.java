package dev.sixin.bench.torture.history;

import com.fasterxml.jackson.core.JsonGenerator.Feature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A record while it is written: JSON, an [Entry] a line. For many threads.
public final class RecordFile implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final ObjectWriter LINES = JSON.writer().without(Feature.AUTO_CLOSE_TARGET);

  private final BufferedWriter out;
  private final long begunNanos = System.nanoTime();
  private final Map<String, Integer> calls = new TreeMap<>();
  private long entries;
  private int unknown;

  /// A new file.
  public RecordFile(Path path) throws IOException {
    this.out = Files.newBufferedWriter(path);
  }

  /// The time, as entries name it.
  public long micros() {
    return (System.nanoTime() - begunNanos) / 1_000;
  }

  /// Adds what became of a call.
  ///
  /// @param startMicros from [#micros] before it was made
  public synchronized void add(String client, long startMicros, Call call, Outcome outcome) {
    try {
      LINES.writeValue(out, new Entry(entries++, client, startMicros, micros(), call, outcome));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!(call instanceof Call.Event)) {
      calls.merge(call.word(), 1, Integer::sum);
      unknown += outcome instanceof Unknown ? 1 : 0;
    }
  }

  /// How many calls there are by now, by kind.
  public synchronized Map<String, Integer> calls() {
    return new TreeMap<>(calls);
  }

  /// How many of them ended so that nobody knows what they did.
  public synchronized int unknown() {
    return unknown;
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }

  /// Reads a record.
  public static List<Entry> read(Path path) throws IOException {
    ObjectReader reader = JSON.readerFor(Entry.class);
    Map<Line, Line> lines = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(path)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        entries.add(shared(reader.readValue(line), lines));
      }
    }
    return entries;
  }

  /// The same with each message in memory once, whoever read it: they are most of a record.
  private static Entry shared(Entry entry, Map<Line, Line> lines) {
    if (!(entry.outcome() instanceof Outcome.Page(List<Line> page, boolean more))) {
      return entry;
    }
    List<Line> shared =
        page.stream().map(line -> lines.computeIfAbsent(line, same -> same)).toList();
    return new Entry(
        entry.id(),
        entry.client(),
        entry.startMicros(),
        entry.endMicros(),
        entry.call(),
        new Outcome.Page(shared, more));
  }
}
