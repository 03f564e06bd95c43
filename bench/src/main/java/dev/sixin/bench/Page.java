package dev.sixin.bench;

import java.util.List;

/// A report as a page to look at: one file that loads nothing from anywhere, in light and dark.
final class Page {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1d2430; --soft: #5a6475; --rule: #e3e7ed; --paper: #fff; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #dfe5ee; --soft: #98a3b5; --rule: #2a313c; --paper: #14181f; }
      }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
        color: var(--ink); background: var(--paper); }
      h1 { font-size: 1.5rem; margin-bottom: 0; }
      h2 { font-size: 1.1rem; margin-top: 2rem; }
      .setting { margin-top: .25rem; color: var(--soft); }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .3rem .7rem; text-align: right; white-space: nowrap;
        border-bottom: 1px solid var(--rule); }
      th { font-weight: 600; }
      th:first-child, td:first-child { text-align: left; padding-left: 0; }
      .words td { text-align: left; }
      svg { width: 100%; height: auto; }
      """;

  private Page() {}

  static String of(Report report) {
    StringBuilder page = new StringBuilder();
    String title = "sixin bench " + text(report.command());
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
        .append(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>")
        .append(title)
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n<h1>")
        .append(title)
        .append("</h1>\n<p class=\"setting\">")
        .append(text(report.begin() + "; " + report.setting()))
        .append("</p>\n");
    results(page, report.results());
    list(page, report.notes());
    table(
        page,
        "Compared",
        report.ratios().stream()
            .map(ratio -> List.of(ratio.name(), "%.3f".formatted(ratio.value())))
            .toList());
    table(
        page,
        "Verdicts",
        report.verdicts().stream()
            .map(verdict -> List.of(verdict.met() ? "met" : "NOT MET", verdict.what()))
            .toList());
    page.append("<h2>Latency by percentile</h2>\n").append(Plot.latency(report.results()));
    page.append("<h2>Rate over time</h2>\n").append(Plot.rate(report.results()));
    table(
        page,
        "Options",
        report.options().entrySet().stream()
            .map(option -> List.of(option.getKey(), option.getValue()))
            .toList());
    return page.append("</body>\n</html>\n").toString();
  }

  private static void results(StringBuilder page, List<Result> results) {
    page.append("<div class=\"wide\">\n<table>\n");
    row(page, "th", "", Report.COLUMNS);
    results.forEach(result -> row(page, "td", result.name(), Report.cells(result)));
    page.append("</table>\n</div>\n");
  }

  private static void list(StringBuilder page, List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    page.append("<ul>\n");
    items.forEach(item -> page.append("<li>").append(text(item)).append("</li>\n"));
    page.append("</ul>\n");
  }

  private static void table(StringBuilder page, String title, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    page.append("<h2>").append(title).append("</h2>\n<table class=\"words\">\n");
    rows.forEach(row -> row(page, "td", row.getFirst(), row.subList(1, row.size())));
    page.append("</table>\n");
  }

  private static void row(StringBuilder page, String tag, String first, List<String> rest) {
    page.append("<tr>");
    cell(page, tag, first);
    rest.forEach(cell -> cell(page, tag, cell));
    page.append("</tr>\n");
  }

  private static void cell(StringBuilder page, String tag, String text) {
    page.append('<')
        .append(tag)
        .append('>')
        .append(text(text))
        .append("</")
        .append(tag)
        .append('>');
  }

  /// Text as it may stand in HTML, XML and SVG.
  static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
