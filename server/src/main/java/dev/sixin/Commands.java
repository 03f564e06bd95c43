package dev.sixin;

import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreUnavailable;
import java.io.PrintWriter;
import picocli.CommandLine;

/// How command lines end: 0 well, 1 failed, 2 used wrongly, the last two with one line that says
/// why.
public final class Commands {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String DAMAGED = " (docs/backup.md: when the disk lied)";

  private Commands() {}

  /// Runs a command.
  ///
  /// @return what the process is to exit with
  public static int run(CommandLine commands, String... args) {
    commands.setParameterExceptionHandler((e, _) -> complain(commands, e.getMessage(), USAGE));
    commands.setExecutionExceptionHandler(
        (e, _, _) ->
            switch (e) {
              case UsageException wrong -> misused(commands, wrong);
              case Failure failure -> complain(commands, failure.getMessage(), FAILED);
              case StoreDamaged damaged ->
                  complain(commands, damaged.getMessage() + DAMAGED, FAILED);
              case StoreUnavailable unavailable ->
                  complain(commands, unavailable.getMessage(), FAILED);
              default -> complain(commands, e.toString(), FAILED);
            });
    return commands.execute(args);
  }

  /// Says what was used wrongly.
  static int misused(CommandLine commands, UsageException wrong) {
    return complain(commands, wrong.getMessage(), USAGE);
  }

  private static int complain(CommandLine commands, String message, int exitCode) {
    PrintWriter err = commands.getErr();
    err.println(commands.getCommandName() + ": " + message);
    err.flush();
    return exitCode;
  }
}
