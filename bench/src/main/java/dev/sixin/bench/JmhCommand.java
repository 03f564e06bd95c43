package dev.sixin.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `sixin bench jmh`: the micro-benchmarks.
@Command(
    name = "jmh",
    description = "Runs micro-benchmarks; what follows is for JMH, such as -l, -h or a name.")
final class JmhCommand implements Callable<Integer> {
  @Unmatched private List<String> args = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    org.openjdk.jmh.Main.main(args.toArray(String[]::new));
    return 0;
  }
}
