package dev.sixin.bench;

import static java.util.stream.Collectors.joining;

import dev.sixin.bench.Result.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Plots of results: a line for each, as SVG that stands by itself or in a page.
final class Plot {
  private static final int LEFT = 80;
  private static final int TOP = 12;
  private static final int WIDTH = 770;
  private static final int HEIGHT = 340;
  private static final int RIGHT = 30;
  private static final int BELOW = 56;
  private static final int LEGEND_LINE = 20;
  private static final int LEGEND_COLUMNS = 3;
  private static final int COLORS = 8;

  /// Values that are told apart on the axis of percentiles: six nines.
  private static final double MOST_NINES = 6;

  private static final int POINTS_PER_HALF = 8;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final double MILLIS_PER_SECOND = 1e3;

  private static final String STYLE =
      """
      <style>
      .plot { --ink: #1d2430; --grid: #e3e7ed; --c0: #2f6fde; --c1: #d9581c; --c2: #12936a; --c3: #a540b5;
        --c4: #b08a00; --c5: #0f93b5; --c6: #d13458; --c7: #6b7484;
        font: 13px system-ui, sans-serif; fill: var(--ink); }
      @media (prefers-color-scheme: dark) {
        .plot { --ink: #dfe5ee; --grid: #2a313c; --c0: #7aa7ff; --c1: #ff9a63; --c2: #4ed1a4; --c3: #df8bec;
          --c4: #e3c04c; --c5: #5fcdec; --c6: #ff7f9b; --c7: #a3adbd; }
      }
      .plot .grid { stroke: var(--grid); }
      .plot .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .plot .again { stroke-dasharray: 6 4; }
      </style>
      """;

  /// A line to draw.
  private record Line(String name, List<Point> points) {}

  private record Point(double x, double y) {}

  /// From the first to the last value that an axis shows, with marks on it.
  private record Axis(String title, double first, double last, List<Mark> marks) {
    double share(double value) {
      return (value - first) / (last - first);
    }
  }

  private record Mark(double value, String text) {}

  private Plot() {}

  /// Latency by percentile: the further right, the rarer.
  static String latency(List<Result> results) {
    List<Line> lines = new ArrayList<>();
    for (Result result : results) {
      Histogram micros = result.tally().micros();
      double nines = Math.min(MOST_NINES, Math.log10((double) Math.max(micros.getTotalCount(), 1)));
      List<Point> points = new ArrayList<>();
      for (HistogramIterationValue point : micros.percentiles(POINTS_PER_HALF)) {
        double left = 1 - point.getPercentileLevelIteratedTo() / 100;
        double x = left <= 0 ? nines : Math.min(nines, -Math.log10(left));
        double millis = Math.max(point.getValueIteratedTo(), 1) / MICROS_PER_MILLI;
        points.add(new Point(x, Math.log10(millis)));
      }
      lines.add(new Line(result.name(), points));
    }
    double nines = Math.max(2, Math.ceil(greatestX(lines)));
    double least = points(lines).mapToDouble(Point::y).min().orElse(0);
    double most = points(lines).mapToDouble(Point::y).max().orElse(0);
    double first = Math.floor(least);
    double last = Math.max(first + 1, Math.ceil(most));
    return draw(
        new Axis("percentile", 0, nines, marks(0, nines, 1, Plot::percentile)),
        new Axis("latency", first, last, marks(first, last, 1, Plot::millis)),
        lines);
  }

  private static String percentile(double nines) {
    return switch ((int) nines) {
      case 0 -> "0 %";
      case 1 -> "90 %";
      case 2 -> "99 %";
      default -> "99." + "9".repeat((int) nines - 2) + " %";
    };
  }

  private static String millis(double log) {
    double millis = Math.pow(10, log);
    return millis < 1 ? "%s ms".formatted((float) millis) : "%,.0f ms".formatted(millis);
  }

  /// Calls a second that went well, second by second.
  static String rate(List<Result> results) {
    List<Line> lines =
        results.stream()
            .filter(result -> !result.seconds().isEmpty())
            .map(result -> new Line(result.name(), steps(result.seconds())))
            .toList();
    double secondsStep = step(greatestX(lines));
    double rateStep = step(points(lines).mapToDouble(Point::y).max().orElse(0));
    double seconds = roundUp(greatestX(lines), secondsStep);
    double rate = roundUp(points(lines).mapToDouble(Point::y).max().orElse(0), rateStep);
    return draw(
        new Axis("seconds", 0, seconds, marks(0, seconds, secondsStep, Plot::text)),
        new Axis("calls a second", 0, rate, marks(0, rate, rateStep, Plot::text)),
        lines);
  }

  private static List<Point> steps(List<Second> seconds) {
    List<Point> points = new ArrayList<>();
    double begin = 0;
    for (Second second : seconds) {
      double end = second.end().toMillis() / MILLIS_PER_SECOND;
      points.add(new Point(begin, second.rate()));
      points.add(new Point(end, second.rate()));
      begin = end;
    }
    return points;
  }

  /// A round number that goes about five times into another.
  private static double step(double most) {
    double rough = Math.max(most, 1e-3) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    return Stream.of(1, 2, 5, 10)
        .map(factor -> factor * power)
        .filter(step -> step >= rough)
        .findFirst()
        .orElse(10 * power);
  }

  /// The end of an axis; a hair over a mark is not worth another one.
  private static double roundUp(double value, double step) {
    return Math.max(1, Math.ceil(value / step - 0.05)) * step;
  }

  private static String text(double value) {
    return value == Math.rint(value) ? "%,.0f".formatted(value) : "%.4s".formatted(value);
  }

  private static List<Mark> marks(
      double first, double last, double step, DoubleFunction<String> text) {
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; first + i * step <= last + step / 2; i++) {
      double value = first + i * step;
      marks.add(new Mark(value, text.apply(value)));
    }
    return marks;
  }

  private static double greatestX(List<Line> lines) {
    return points(lines).mapToDouble(Point::x).max().orElse(0);
  }

  private static Stream<Point> points(List<Line> lines) {
    return lines.stream().flatMap(line -> line.points().stream());
  }

  private static String draw(Axis x, Axis y, List<Line> lines) {
    int legendLines = (lines.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
    int height = TOP + HEIGHT + BELOW + legendLines * LEGEND_LINE;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns='http://www.w3.org/2000/svg' class='plot' role='img'")
        .append(" viewBox='0 0 %s %s'>%n".formatted(LEFT + WIDTH + RIGHT, height))
        .append("<title>%s by %s</title>%n".formatted(y.title(), x.title()))
        .append(STYLE);
    for (Mark mark : x.marks()) {
      double at = LEFT + WIDTH * x.share(mark.value());
      svg.append(polyline("class='grid'", new Point(at, TOP), new Point(at, TOP + HEIGHT)));
      svg.append(label(at, TOP + HEIGHT + 18, "middle", mark.text()));
    }
    for (Mark mark : y.marks()) {
      double at = TOP + HEIGHT * (1 - y.share(mark.value()));
      svg.append(polyline("class='grid'", new Point(LEFT, at), new Point(LEFT + WIDTH, at)));
      svg.append(label(LEFT - 8, at + 4, "end", mark.text()));
    }
    svg.append(label(LEFT + WIDTH, TOP + HEIGHT + 36, "end", x.title()));
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      Point[] points =
          line.points().stream()
              .map(
                  point ->
                      new Point(
                          LEFT + WIDTH * x.share(point.x()),
                          TOP + HEIGHT * (1 - y.share(point.y()))))
              .toArray(Point[]::new);
      svg.append(polyline(look(i), points));
      int left = LEFT + i % LEGEND_COLUMNS * (WIDTH / LEGEND_COLUMNS);
      int top = TOP + HEIGHT + BELOW + i / LEGEND_COLUMNS * LEGEND_LINE;
      svg.append(polyline(look(i), new Point(left, top), new Point(left + 24, top)));
      svg.append(label(left + 32, top + 4, "start", line.name()));
    }
    return svg.append("</svg>\n").toString();
  }

  /// There are fewer colours than there may be lines: the second time around they are dashed.
  private static String look(int line) {
    return "class='line%s' style='stroke: var(--c%s)'"
        .formatted(line / COLORS % 2 == 1 ? " again" : "", line % COLORS);
  }

  private static String polyline(String look, Point... points) {
    return "<polyline %s points='%s'/>%n"
        .formatted(
            look,
            Stream.of(points)
                .map(point -> number(point.x()) + "," + number(point.y()))
                .collect(joining(" ")));
  }

  private static String label(double x, double y, String anchor, String text) {
    return "<text x='%s' y='%s' text-anchor='%s'>%s</text>%n"
        .formatted(number(x), number(y), anchor, Page.text(text));
  }

  /// As SVG writes numbers, whatever the country; a tenth is precise enough.
  private static String number(double pixels) {
    return Double.toString(Math.round(pixels * 10) / 10.0);
  }
}
