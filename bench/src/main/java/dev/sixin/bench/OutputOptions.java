package dev.sixin.bench;

import dev.sixin.Failure;
import dev.sixin.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// The options that say where results go besides the terminal.
final class OutputOptions {
  @Option(names = "--json", description = "writes all that was measured, for programs")
  private Path json;

  @Option(names = "--html", description = "writes a page with tables and plots")
  private Path html;

  @Option(names = "--svg", description = "writes the plots: SVG-latency.svg and SVG-rate.svg")
  private Path svg;

  /// Looks before a long run whether its results will find a place.
  ///
  /// @throws UsageException when there is no such directory
  void check() {
    requirePlace("--json", json);
    requirePlace("--html", html);
    requirePlace("--svg", svg);
  }

  /// Refuses a file, if there is to be one, in a directory that is not there.
  static void requirePlace(String option, Path file) {
    if (file != null && !Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new UsageException(
          "%s: %s (expected: in a directory that is there)".formatted(option, file));
    }
  }

  /// Prints a report, and writes what else is asked for.
  ///
  /// @return what the command exits with
  int publish(CommandSpec command, Report report) {
    PrintWriter out = command.commandLine().getOut();
    report.lines().forEach(out::println);
    out.flush();
    write(json, Json.of(report));
    write(html, Page.of(report));
    if (svg != null) {
      write(svg.resolveSibling(svg.getFileName() + "-latency.svg"), Plot.latency(report.results()));
      write(svg.resolveSibling(svg.getFileName() + "-rate.svg"), Plot.rate(report.results()));
    }
    return report.exitCode();
  }

  private static void write(Path file, String text) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Failure("%s: can not be written".formatted(file));
    }
  }
}
