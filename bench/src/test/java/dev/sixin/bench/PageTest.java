package dev.sixin.bench;

import static dev.sixin.bench.Samples.OVERLOADED;
import static dev.sixin.bench.Samples.closed;
import static dev.sixin.bench.Samples.histogram;
import static dev.sixin.bench.Samples.open;
import static dev.sixin.bench.Samples.report;
import static dev.sixin.bench.Samples.tally;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// The page and its plots, read as XML: a parser that finds no mistake in them is content.
class PageTest {
  private final Locale locale = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(locale);
  }

  private static Document parse(String text) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(text)));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError(text, e);
    }
  }

  private static List<Element> elements(Document document, String tag) {
    NodeList nodes = document.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static Tally manyCalls() {
    return tally(LongStream.rangeClosed(1, 10_000).toArray());
  }

  private static Result[] results() {
    Tally refused = manyCalls();
    refused.add(OVERLOADED, histogram(5));
    return new Result[] {
      closed("echo", manyCalls()),
      closed("<i>1,000 & more</i>", manyCalls()),
      open("send at half", refused, 50, 0)
    };
  }

  @Test
  void page_hasATableAndBothPlotsOfAllResults() {
    Document page = parse(Page.of(report(results())));

    assertThat(elements(page, "svg")).hasSize(2);
    for (Element plot : elements(page, "svg")) {
      assertThat(plot.getTextContent()).contains("echo", "<i>1,000 & more</i>", "send at half");
    }
    assertThat(elements(page, "td").stream().map(Element::getTextContent))
        .contains("echo", "<i>1,000 & more</i>", "send at half", "send/echo", "0.250")
        .contains("NOT MET", "it was <cheap>", "--text", "<b> & \"c\"");
    assertThat(elements(page, "li").getFirst().getTextContent())
        .contains("send at half: 1 ended with -509");
    assertThat(elements(page, "i")).isEmpty();
  }

  @Test
  void page_loadsNothing_andRunsNothing() {
    String text = Page.of(report(results()));

    assertThat(elements(parse(text), "script")).isEmpty();
    assertThat(text.replace("xmlns='http://www.w3.org/2000/svg'", ""))
        .doesNotContain("http", "src=", "href=", "url(", "@import");
  }

  @Test
  void page_isLightOrDark_asThePersonPrefers() {
    assertThat(Page.of(report(results()))).contains("prefers-color-scheme: dark");
    assertThat(Plot.rate(List.of(results()))).contains("prefers-color-scheme: dark");
  }

  /// The points of the lines of a plot that are no part of its grid or its legend.
  private static List<List<double[]>> drawn(String svg) {
    List<List<double[]>> lines = new ArrayList<>();
    List<Element> polylines =
        elements(parse(svg), "polyline").stream()
            .filter(polyline -> polyline.getAttribute("class").startsWith("line"))
            .toList();
    for (int i = 0; i < polylines.size(); i += 2) { // each is followed by its sample in the legend
      lines.add(
          List.of(polylines.get(i).getAttribute("points").split(" ")).stream()
              .map(point -> point.split(","))
              .map(xy -> new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])})
              .toList());
    }
    return lines;
  }

  @Test
  void latency_risesToTheRight_andTheSlowerResultLiesAbove() {
    Tally slow = tally(LongStream.rangeClosed(1, 10_000).map(i -> 100 * i).toArray());

    List<List<double[]>> lines =
        drawn(Plot.latency(List.of(closed("quick", manyCalls()), closed("slow", slow))));

    for (List<double[]> line : lines) {
      assertThat(line).hasSizeGreaterThan(10);
      for (int i = 1; i < line.size(); i++) {
        assertThat(line.get(i)[0]).isGreaterThanOrEqualTo(line.get(i - 1)[0]);
        assertThat(line.get(i)[1]).isLessThanOrEqualTo(line.get(i - 1)[1]); // down is greater
      }
    }
    assertThat(lines.get(1).getFirst()[1]).isLessThan(lines.get(0).getFirst()[1]);
    assertThat(lines.get(1).getLast()[1]).isLessThan(lines.get(0).getLast()[1]);
  }

  @Test
  void rate_isAStepForEachSecond() {
    List<double[]> line = drawn(Plot.rate(List.of(closed("send", manyCalls())))).getFirst();

    assertThat(line).hasSize(4);
    assertThat(line.get(0)[1]).isEqualTo(line.get(1)[1]).isGreaterThan(line.get(2)[1]);
    assertThat(line.get(1)[0]).isEqualTo(line.get(2)[0]).isBetween(line.get(0)[0], line.get(3)[0]);
  }

  @Test
  void numbersInPlots_areThoseOfSvg_inEveryCountry() {
    Locale.setDefault(Locale.GERMANY);

    assertThat(drawn(Plot.latency(List.of(results())))).hasSize(3);
  }

  @Test
  void moreLinesThanColours_areToldApart() {
    List<Result> many =
        IntStream.range(0, 9).mapToObj(i -> closed("line " + i, manyCalls())).toList();

    List<String> looks =
        elements(parse(Plot.rate(many)), "polyline").stream()
            .filter(polyline -> polyline.getAttribute("class").startsWith("line"))
            .map(polyline -> polyline.getAttribute("class") + polyline.getAttribute("style"))
            .distinct()
            .toList();

    assertThat(looks).hasSize(9);
  }

  @Test
  void nothing_isAPlotToo() {
    assertThat(drawn(Plot.rate(List.of()))).isEmpty();
    parse(Plot.latency(List.of(closed("send", new Tally()))));
  }
}
