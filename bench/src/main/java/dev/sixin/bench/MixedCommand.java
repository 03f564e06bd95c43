package dev.sixin.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sixin bench mixed`: what a server takes of everything that people do.
@Command(
    name = "mixed",
    description = {
      "Sends, fetches conversations, lists sessions, counts what is unread and reads it, in a",
      "proportion of 1 : 2 : 2 : 1 : 1, and says what each of these takes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class MixedCommand implements Callable<Integer> {
  @Mixin private final ScenarioOptions options = new ScenarioOptions();
  @Mixin private final PopulationOptions people = new PopulationOptions(10_000, 4, UserCalls.PAGE);
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    people.check();
    options.check();
    try (Scenario scenario = new Scenario(spec, options)) {
      UserCalls calls = scenario.populate(people);
      scenario.echo(calls::mixed);
      Result closed = scenario.closed("mixed", calls::mixed);
      Result last = scenario.latency("mixed", calls::mixed, closed.rate()).orElse(closed);
      last.byMethod().forEach(scenario::add);
      return scenario.report(people.toString());
    }
  }
}
