package dev.sixin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin demo`: a server full of people, to look at and to develop against.
@Command(
    name = "demo",
    description = "Runs a server with people, follows and conversations in it.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Option(names = "--port", defaultValue = "8080", description = "the port; 0: any free one")
  private int port;

  @Option(
      names = "--data",
      description = "where to keep it; none given: a fresh temporary directory")
  private Path data;

  @Override
  public Integer call() throws InterruptedException {
    Config config = Config.of("--port=" + port, "--data=" + directory());
    DemoPeople people = new DemoPeople();
    Server server =
        Server.start(
            config, Clock.systemUTC(), builder -> builder.service(DemoPeople.PATH, people));
    Demo demo = new Demo(server);
    System.out.println(demo.welcome());
    demo.open(people);
    ServeCommand.run(server, config);
    return 0;
  }

  private Path directory() {
    try {
      return data != null ? data : Files.createTempDirectory("sixin-demo-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
