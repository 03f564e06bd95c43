package dev.sixin.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin bench attack`: the other half of [Attackers]. It begins when it is told the value of an
/// authorization header on a line of its input, and on the next one says how many connections were
/// cut off.
@Command(name = "attack", hidden = true)
final class AttackCommand implements Callable<Integer> {
  static final String READY = "ready";

  @Option(names = "--target", required = true)
  private URI target;

  @Option(names = "--harm", required = true)
  private Harm harm;

  @Option(names = "--talker", required = true)
  private long talkerUid;

  @Option(names = "--connections", required = true)
  private int connections;

  @Option(names = "--length", required = true)
  private Duration length;

  @Override
  public Integer call() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(READY);
    String authorization = in.readLine();
    if (authorization == null) {
      return 0; // it is not wanted any more
    }
    Harm.User user = new Harm.User(authorization, talkerUid);
    try (Attack attack = new Attack(target, connections, length, harm.by(user))) {
      var _ = in.readLine();
      System.out.println(attack.cutOff());
    }
    return 0;
  }
}
