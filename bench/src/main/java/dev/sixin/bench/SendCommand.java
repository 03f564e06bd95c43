package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench send`: how many messages a server takes, and a bare echo of the same requests in
/// the same run to compare it with.
@Command(
    name = "send",
    description = {
      "Sends texts from random users to random contacts of theirs, in a closed loop,",
      "and compares the rate with that of a bare echo of the same requests."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final LoadOptions load = new LoadOptions(4, 64);

  @Option(
      names = "--populated",
      description = "the same users and contacts are there from an earlier run: leaves them out")
  private boolean populated;

  @Option(names = "--users", defaultValue = "100000", description = "how many (${DEFAULT-VALUE})")
  private int users;

  @Option(
      names = "--contacts",
      defaultValue = "16",
      description = "of each user, an even number (${DEFAULT-VALUE})")
  private int contacts;

  @Option(names = "--text", defaultValue = "40", description = "bytes of text (${DEFAULT-VALUE})")
  private int textBytes;

  @Option(names = "--no-echo", description = "leaves the yardstick out")
  private boolean noEcho;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    Progress progress = Progress.of(spec);
    try (Scratch scratch = Scratch.create();
        ServerOptions.Server measured = server.open(scratch.path())) {
      return measure(scratch, measured, progress);
    }
  }

  private void check() {
    requireBetween("--users", users, 3, 20_000_000);
    requireBetween("--contacts", contacts, 2, Math.min(1_000, users - 1));
    if (contacts % 2 != 0) {
      throw new UsageException("--contacts: %d (expected: an even number)".formatted(contacts));
    }
    requireBetween("--text", textBytes, 1, Texts.MAX_BYTES);
    load.check();
    server.check();
  }

  private int measure(Scratch scratch, ServerOptions.Server measured, Progress progress)
      throws InterruptedException {
    Population population = new Population(users, contacts);
    List<byte[]> authorizations;
    try (Site site = new Site(measured.uri(), measured.adminToken(), progress)) {
      if (!populated) {
        site.populate(population);
      }
      authorizations = site.authorizations(population.uids());
    }
    Texts texts = new Texts(textBytes, new SplittableRandom(load.seed()));
    Workload workload = new SendWorkload(population, authorizations, texts);

    List<Result> results = new ArrayList<>();
    if (!noEcho) {
      try (ChildServer echo =
          ChildServer.start(scratch.path(), Main.class.getName(), "echo-server", "--port=0")) {
        results.add(Load.run("echo", load.plan(), echo.uri(), workload, echo::cpu, progress));
      }
    }
    results.add(Load.run("send", load.plan(), measured.uri(), workload, measured.cpu(), progress));
    return print(results);
  }

  private int print(List<Result> results) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s; %,d users with %d contacts; %d bytes of text%n%n", load, users, contacts, textBytes);
    Report.table(results).forEach(out::println);
    if (results.size() > 1) {
      out.println(Report.ratio(results.getLast(), results.getFirst()));
    }
    out.flush();
    return Report.exitCode(results);
  }
}
