package dev.sixin.bench;

import dev.sixin.Commands;
import dev.sixin.bench.cluster.ClusterCommand;
import dev.sixin.bench.torture.TortureCommand;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line of `sixin bench`.
@Command(
    name = "sixin bench",
    description = "Measures a server, and a bare echo of the same transport to compare it with.",
    subcommands = {
      SendCommand.class,
      FetchCommand.class,
      SessionsCommand.class,
      MixedCommand.class,
      GroupCommand.class,
      PushCommand.class,
      ClearCommand.class,
      OverloadCommand.class,
      AbuseCommand.class,
      AttackCommand.class,
      CassandraCommand.class,
      GrowthCommand.class,
      TortureCommand.class,
      ClusterCommand.class,
      EchoServer.class,
      TargetCommand.class,
      JmhCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  /// Runs a command and exits: 0 well, 1 failed, 2 used wrongly.
  public static void main(String[] args) {
    System.exit(Commands.run(commandLine(), args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).registerConverter(Duration.class, Durations::parse);
  }

  @Override
  public void run() {
    String commands =
        spec.subcommands().entrySet().stream()
            .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    throw new ParameterException(
        spec.commandLine(), "no command (expected: one of " + commands + "; --help explains them)");
  }
}
