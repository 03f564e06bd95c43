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
        "send --messages -1              | --messages: -1 (expected: 0 to 10,000)",
        "send --users 1000000 --messages 1000 | --messages: 1,000 (expected: fewer",
        "send --open-rate 0              | --open-rate: 0 (expected: 1 to 10,000,000)",
        "send --open-rate 5 --no-open    | --open-rate: is of the open loop",
        "send --json /no/such/file       | --json: /no/such/file (expected: in a directory",
        "send --html /no/such/file       | --html: /no/such/file (expected: in a directory",
        "send --svg /no/such/file        | --svg: /no/such/file (expected: in a directory",
        "fetch --contacts 3              | --contacts: 3 (expected: an even number)",
        "fetch --streams 0               | --streams: 0",
        "mixed --users 2                 | --users: 2",
        "mixed --open-rate half          | --open-rate",
        "sessions --owners 0             | --owners: 0",
        "sessions --small 0              | --small: 0",
        "sessions --big 99               | --big: 99 (expected: 100 to 10,000,000)",
        "sessions --warmup 1             | '1' (expected: like 500ms, 20s, 2m)",
        "torture --minutes 0             | --minutes: 0 (expected: 1 to 1,440)",
        "torture --faults kill,flood     | --faults: flood (expected: some of kill, stop, term",
        "torture --seed x                | --seed",
        "torture --dir /proc             | --dir: /proc (expected: an empty directory)",
        "overload --users 2              | --users: 2",
        "overload --duration 0s          | --duration: 0",
        "clear --json /no/such/file      | --json: /no/such/file",
        "target --port 70000             | --port: 70,000 (expected: 0 to 65,535)",
        "target --users 2                | --users: 2",
        "target --frame /no/such/file    | --frame: /no/such/file (expected: in a directory",
        "send --fast                     | --fast",
        "group --members 10,100001       | --members: 100,001 (expected: 1 to 100,000)",
        "group --members 5,100           | --senders: 10 (expected: 1 to 5)",
        "group --rounds 0                | --rounds: 0",
        "send --turns 0                  | --turns: 0 (expected: 1 to 1,000)",
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
        .contains(
            "send, fetch, sessions, mixed, group, push, clear, overload, abuse, cassandra, growth,"
                + " torture, cluster, echo-server, target, jmh")
        .hasLineCount(1);
  }
}
