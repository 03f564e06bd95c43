package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class OptionsTest {
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commands = Main.commandLine();
    commands.setErr(new PrintWriter(err));
    return Commands.run(commands, args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "send --users many               | --users",
        "send --users 2                  | --users: 2 (expected: 3 to 20,000,000)",
        "send --contacts 15              | --contacts: 15 (expected: an even number)",
        "send --users 10 --contacts 10   | --contacts: 10 (expected: 2 to 9)",
        "send --text 1987                | --text: 1,987 (expected: 1 to 1,986)",
        "send --connections 0            | --connections: 0",
        "send --streams 0                | --streams: 0",
        "send --threads 0                | --threads: 0",
        "send --warmup 10                | '10' (expected: like 500ms, 20s, 2m)",
        "send --duration 0s              | --duration: 0",
        "send --seed x                   | --seed",
        "send --target http://127.0.0.1:1 | --target: needs --admin-token-file",
        "send --target h:1 --admin-token-file f | --target: h:1 (expected: http://HOST:PORT)",
        "send --target http://h:1 --admin-token-file f --data d | --target: can not be had",
        "send --target http://h:1 --admin-token-file /no/such | /no/such: can not be read",
        "send --admin-token-file f       | --admin-token-file: is of a --target",
        "send --fast                     | --fast",
        "group --members 10,100001       | --members: 100,001 (expected: 1 to 100,000)",
        "group --members 5,100           | --senders: 10 (expected: 1 to 5)",
        "group --rounds 0                | --rounds: 0",
        "clear --sessions 0              | --sessions: 0",
        "clear --streams 0               | --streams: 0",
        "clear --target http://127.0.0.1:1 | --target: needs --admin-token-file",
        "echo-server --port x            | --port",
        "race                            | race",
      })
  void whatIsUsedWrongly_exitsWith2_andSaysWhatWasExpectedInOneLine(String args, String said) {
    assertThat(run(args.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("sixin bench: ").contains(said);
    assertThat(err.toString().strip().lines()).hasSize(1);
  }

  @Test
  void noCommand_exitsWith2_andNamesTheCommands() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString().strip())
        .contains("send, group, clear, echo-server, jmh")
        .hasLineCount(1);
  }
}
