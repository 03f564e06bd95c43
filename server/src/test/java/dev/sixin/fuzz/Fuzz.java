package dev.sixin.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

/// What the fuzzer calls.
public final class Fuzz {
  /// What is made once is made by then.
  private static final int WARM = 500;

  private static final int INPUTS_BETWEEN_LOOKS = 5_000;
  private static final long MOST_GROWTH_BYTES = 64L << 20;

  /// The only entrance to take; null: each input says.
  private static final String ONLY = System.getProperty("sixin.fuzz.entrance");

  private static Stage stage;
  private static int inputs;
  private static long warmBytes;

  private Fuzz() {}

  /// Called once, before all inputs.
  public static void fuzzerInitialize() {
    stage = new Stage();
  }

  /// Called for each input.
  @SuppressWarnings("EnumOrdinal") // as an input has it
  public static void fuzzerTestOneInput(byte[] input) {
    if (ONLY != null && input.length > 0) {
      input[0] = (byte) Entrance.valueOf(ONLY).ordinal();
    }
    stage.play(input);
    inputs++;
    if (inputs == WARM) {
      warmBytes = usedBytes();
    } else if (inputs % INPUTS_BETWEEN_LOOKS == 0) {
      requireNoGrowth();
    }
  }

  /// Called once, after all inputs.
  public static void fuzzerTearDown() {
    System.out.printf(
        "fuzz: %d inputs, heap of %d KB after %d and of %d KB at the end%n",
        inputs, warmBytes >> 10, WARM, usedBytes() >> 10);
    stage.close();
  }

  private static void requireNoGrowth() {
    assertThat(usedBytes())
        .as("heap after %d inputs", inputs)
        .isLessThan(warmBytes + MOST_GROWTH_BYTES);
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
