package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each micro-benchmark once, on little data.
class BenchmarksTest {
  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void writeMessage_writesItsBatch(String engine) throws IOException {
    WriteMessageBenchmark benchmark = new WriteMessageBenchmark();
    benchmark.engine = engine;
    benchmark.users = 100;
    benchmark.open();
    try {
      benchmark.prepare();
      assertThat(benchmark.write()).hasSize(250).doesNotContainNull();
    } finally {
      benchmark.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void sessionsPage_isFullAndHasMessages(String engine) throws IOException {
    SessionsPageBenchmark benchmark = new SessionsPageBenchmark();
    benchmark.engine = engine;
    benchmark.sessions = 700;
    benchmark.open();
    try {
      assertThat(benchmark.page()).hasSize(20);
    } finally {
      benchmark.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void messagesPage_isFull(String engine) throws IOException {
    MessagesPageBenchmark benchmark = new MessagesPageBenchmark();
    benchmark.engine = engine;
    benchmark.conversations = 3;
    benchmark.messages = 30;
    benchmark.open();
    try {
      assertThat(benchmark.page().messages()).hasSize(20);
      assertThat(benchmark.page().hasMore()).isTrue();
    } finally {
      benchmark.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void unreadTotals_areThoseOfTheSessions(String engine) throws IOException {
    UnreadTotalsBenchmark benchmark = new UnreadTotalsBenchmark();
    benchmark.engine = engine;
    benchmark.users = 3;
    benchmark.open();
    try {
      assertThat(benchmark.totals().getUnfollowed().getMessages()).isEqualTo(10);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void keywordScan_goesThroughTextThatHasNoWord() throws IOException {
    KeywordScanBenchmark benchmark = new KeywordScanBenchmark();
    benchmark.words = 5_000;
    benchmark.open();
    try {
      assertThat(benchmark.scan()).isEmpty();
    } finally {
      benchmark.close();
    }
  }
}
