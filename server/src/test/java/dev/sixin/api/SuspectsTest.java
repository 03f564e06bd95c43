package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspectsTest {
  private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1000);

  private long nanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos(); // it may overflow
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Suspects suspects = new Suspects(() -> nanos, meters);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whoHasNotFlooded_isLetIn_asOftenAsTheyCome() {
    for (int i = 0; i < 100; i++) {
      assertThat(suspects.letIn(HERE)).isTrue();
    }
  }

  @Test
  void whoFlooded_isLetInOnceASecond() {
    suspects.add(HERE);

    assertThat(suspects.letIn(HERE)).isFalse();
    pass(Duration.ofMillis(999));
    assertThat(suspects.letIn(HERE)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(suspects.letIn(HERE)).isFalse();
    pass(Duration.ofMillis(1_500));
    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(suspects.letIn(HERE)).isFalse();
  }

  @Test
  void tenSecondsAfterTheLastFlood_allIsForgotten() {
    suspects.add(HERE);
    pass(Duration.ofSeconds(6));
    suspects.add(HERE);
    pass(Duration.ofMillis(9_500));
    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(suspects.letIn(HERE)).isFalse();
    pass(Duration.ofMillis(500));

    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(meters.get("sixin.floods").counter().count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "192.0.2.1, ::ffff:192.0.2.1, true",
    "2001:db8:0:1::1, 2001:db8:0:1:ffff::2, true",
    "2001:db8:0:1::1, 2001:db8:0:2::1, false"
  })
  void aNetwork_isAnAddress_orTheFirstHalfOfOne(String flooded, String comes, boolean same) {
    suspects.add(new InetSocketAddress(flooded, 1));

    assertThat(suspects.letIn(new InetSocketAddress(comes, 2))).isEqualTo(!same);
  }

  @Test
  void ofTooManyNetworks_theFirstIsForgotten_unlessItFloodedAgain() {
    InetSocketAddress again = new InetSocketAddress("192.0.2.2", 1000);
    suspects.add(HERE);
    suspects.add(again);
    for (int i = 0; i < 9_998; i++) {
      suspects.add(new InetSocketAddress("10.0.%d.%d".formatted(i / 256, i % 256), 1));
    }
    assertThat(suspects.letIn(HERE)).isFalse();

    suspects.add(again);
    suspects.add(new InetSocketAddress("198.51.100.1", 1));

    assertThat(suspects.letIn(HERE)).isTrue();
    assertThat(suspects.letIn(again)).isFalse();
  }
}
