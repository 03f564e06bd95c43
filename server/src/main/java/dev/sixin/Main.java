package dev.sixin;

import dev.sixin.client.SendCommand;
import dev.sixin.client.SessionsCommand;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line.
@Command(
    name = "sixin",
    description = "A private-messaging server that sites run themselves.",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      TokenCommand.class,
      VerifyCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      MigrateCommand.class,
      RehearseCommand.class,
      SendCommand.class,
      SessionsCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  /// Runs a command and exits: 0 well, 1 failed, 2 used wrongly.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine commands = new CommandLine(new Main());
    try {
      commands.setDefaultValueProvider(Defaults.of(Arrays.asList(args), System.getenv()));
    } catch (UsageException e) {
      return Commands.misused(commands, e);
    }
    return Commands.run(commands, args);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + "; --help explains them)");
  }

  /// Says which version it is.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"sixin " + version()};
    }
  }

  /// The version that the build wrote into the jar.
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packed)" : version;
  }
}
