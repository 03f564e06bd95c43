package dev.sixin.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the fuzzer found once stays mended, and what it begins with is answered as it should be.
/// `-Dsixin.fuzz.input=FILE` plays one input, such as one that the fuzzer has just found.
class FindingsTest {
  private static Stage stage;

  @BeforeAll
  static void open() {
    stage = new Stage();
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @Test
  void whatWasFound_isMended() throws IOException {
    String one = System.getProperty("sixin.fuzz.input");
    for (Path finding : one == null ? Seeds.findings() : List.of(Path.of(one))) {
      stage.repair();
      play(finding.getFileName().toString(), Files.readAllBytes(finding));
    }
  }

  @Test
  void whatClientsSend_isAnsweredOrRefused() {
    for (byte[] seed : Seeds.all()) {
      play("a seed", seed);
    }
  }

  private static void play(String name, byte[] input) {
    try {
      stage.play(input);
    } catch (AssertionError e) {
      throw new AssertionError("%s, %s".formatted(name, HexFormat.of().formatHex(input)), e);
    }
  }
}
