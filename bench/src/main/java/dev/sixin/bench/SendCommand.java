package dev.sixin.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sixin bench send`: how many messages a server takes, and how fast when it has room.
@Command(
    name = "send",
    description = "Sends texts from random users to random contacts of theirs.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  @Mixin private final ScenarioOptions options = new ScenarioOptions();
  @Mixin private final PopulationOptions people = new PopulationOptions(100_000, 16, 0);
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    people.check();
    options.check();
    try (Scenario scenario = new Scenario(spec, options)) {
      UserCalls calls = scenario.populate(people);
      scenario.echo(calls::send);
      scenario.measure("send", calls::send);
      return scenario.report(people.toString());
    }
  }
}
