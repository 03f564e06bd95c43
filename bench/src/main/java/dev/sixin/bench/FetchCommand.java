package dev.sixin.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sixin bench fetch`: how many conversations can be looked at.
@Command(
    name = "fetch",
    description = "Fetches the newest 20 messages that random users have with random contacts.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class FetchCommand implements Callable<Integer> {
  @Mixin private final ScenarioOptions options = new ScenarioOptions();
  @Mixin private final PopulationOptions people = new PopulationOptions(10_000, 4, UserCalls.PAGE);
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    people.check();
    options.check();
    try (Scenario scenario = new Scenario(spec, options)) {
      UserCalls calls = scenario.populate(people);
      scenario.echo(calls::fetch);
      scenario.measure("fetch", calls::fetch);
      return scenario.report(people.toString());
    }
  }
}
