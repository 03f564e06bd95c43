package dev.sixin.bench;

import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.site.KeywordRules;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to look for all words of the operator's keyword rules in a text of 200 characters
/// that none of them stands in.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class KeywordScanBenchmark {
  private static final int TEXT_CHARS = 200;

  /// As many characters as people write with.
  private static final int CHARACTERS = 2_500;

  private static final int FIRST_CHARACTER = '一';

  /// How many words the rules have.
  @Param("5000")
  int words;

  private final SplittableRandom random = new SplittableRandom(1);
  private Fixture fixture;
  private KeywordRules rules;
  private String text;

  /// Makes words of two to six characters, and a text of the same characters.
  @Setup
  public void open() throws IOException {
    fixture = Fixture.open("memory");
    KeywordRule.Builder rule = KeywordRule.newBuilder().setRuleId(1);
    IntStream.range(0, words).forEach(_ -> rule.addWords(characters(random.nextInt(2, 7))));
    fixture.site().putKeywordRules(List.of(rule.build()));
    rules = fixture.site().keywordRules();
    text =
        Stream.generate(() -> characters(TEXT_CHARS))
            .filter(some -> rules.deciding(some).isEmpty())
            .findFirst()
            .orElseThrow();
  }

  private String characters(int count) {
    StringBuilder some = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      some.append((char) (FIRST_CHARACTER + random.nextInt(CHARACTERS)));
    }
    return some.toString();
  }

  /// One text.
  @Benchmark
  public Optional<KeywordRule> scan() {
    return rules.deciding(text);
  }

  /// Removes the store.
  @TearDown
  public void close() throws IOException {
    fixture.close();
  }
}
