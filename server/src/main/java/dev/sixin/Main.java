package dev.sixin;

import dev.sixin.client.SendCommand;
import dev.sixin.client.SessionsCommand;
import java.io.PrintWriter;
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
      SendCommand.class,
      SessionsCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @Spec private CommandSpec spec;

  /// Runs a command and exits: 0 well, 1 failed, 2 used wrongly.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine commands = new CommandLine(new Main());
    commands.setParameterExceptionHandler((e, _) -> complain(commands, e.getMessage(), USAGE));
    commands.setExecutionExceptionHandler(
        (e, _, _) ->
            e instanceof UsageException
                ? complain(commands, e.getMessage(), USAGE)
                : complain(commands, e.toString(), FAILED));
    try {
      commands.setDefaultValueProvider(Defaults.of(Arrays.asList(args), System.getenv()));
    } catch (UsageException e) {
      return complain(commands, e.getMessage(), USAGE);
    }
    return commands.execute(args);
  }

  private static int complain(CommandLine commands, String message, int exitCode) {
    PrintWriter err = commands.getErr();
    err.println("sixin: " + message);
    err.flush();
    return exitCode;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + "; --help explains them)");
  }

  /// The version that the build wrote into the jar.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sixin " + (version == null ? "(not packed)" : version)};
    }
  }
}
