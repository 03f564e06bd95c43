package dev.sixin;

import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sixin serve`: the server until it is told to stop.
@Command(name = "serve", description = "Runs the server.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin private Options options;

  @Override
  public Integer call() throws InterruptedException {
    options.logFormat.use();
    Config config = options.config();
    run(Server.start(config, Clock.systemUTC()), config);
    return 0;
  }

  /// Says that the server is ready and keeps it until a signal stops it.
  static void run(Server server, Config config) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      server.close();
                      stopped.countDown();
                      // A signal would make the exit code 143; a stop that was asked for went well.
                      Runtime.getRuntime().halt(0);
                    }));
    System.out.printf(
        "sixin ready on %s://%s:%d%n",
        config.addresses().protocol().uriText(),
        config.addresses().main().getHostString(),
        server.port());
    System.out.flush();
    stopped.await();
  }
}
