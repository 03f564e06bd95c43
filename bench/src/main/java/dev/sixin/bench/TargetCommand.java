package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.bench.Workload.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench target`: a server for clients that can repeat one request only. It takes each
/// SendMsg for one from a random user to a random contact, with a cli_msg_id and a text of its own.
@Command(
    name = "target",
    description = {
      "Runs a server for other load clients, which repeat one prepared request: it takes each",
      "SendMsg for one from a random user to a random contact. Says how h2load sends it."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TargetCommand implements Callable<Integer> {
  private static final long SEED = 1;

  @Option(names = "--port", defaultValue = "8080", description = "the port; 0: any free one")
  private int port;

  @Option(
      names = "--data",
      description = "data directory of the server, kept; none given: a temporary one")
  private Path data;

  @Option(
      names = "--frame",
      defaultValue = "send.frame",
      description = "where the prepared request goes (${DEFAULT-VALUE})")
  private Path frame;

  @Mixin private final PopulationOptions people = new PopulationOptions(100_000, 16, 0);
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireBetween("--port", port, 0, 65_535);
    OutputOptions.requirePlace("--frame", frame);
    people.check();
    Scratch scratch = Scratch.create();
    Target target = new Target(port, data != null ? data : scratch.path().resolve("data"));
    closeAtExit(target, scratch);
    UserCalls calls;
    try (Site site = new Site(target.uri(), target.adminToken(), Progress.of(spec))) {
      calls = people.populate(site, SEED);
    }
    target.answer(calls);
    Request example = calls.send(new SplittableRandom(SEED));
    Files.write(frame, example.frame());
    print(target.uri(), example);
    new CountDownLatch(1).await();
    return 0;
  }

  private static void closeAtExit(Target target, Scratch scratch) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      target.close();
                      try {
                        scratch.close();
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }));
  }

  private void print(URI uri, Request request) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("target ready on %s; %s%n", uri, people);
    out.printf("h2load -c 4 -m 64 -D 20 --warm-up-time 10 -d '%s' \\%n", frame);
    out.printf("  -H 'content-type: application/grpc' -H 'te: trailers' \\%n");
    out.printf("  -H 'authorization: %s' \\%n", new String(request.authorization(), US_ASCII));
    out.printf("  %s%s%n", uri, request.path());
    out.flush();
  }
}
