package io.pgcdc.benchmarks;

import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.batik.dom.GenericDOMImplementation;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;

/** Draws the medians of each measure of a rate, as SVG. */
final class Charts {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 700;
    private static final int LABELS_DEGREES = 45;
    private static final int PRECISION = 1;
    /** Near the upper end of a bar. */
    private static final double LABELS_POSITION = 0.95;
    private static final double THOUSAND = 1_000;
    private static final Color BARS = new Color(0x33, 0x6F, 0xA8);

    private Charts() {
    }

    static void write(Collection<Measure> measures, Map<String, Map<String, List<Sample>>> samples, Path directory)
            throws IOException {
        for (Measure measure : measures) {
            if (measure.kind() == Measure.Kind.RATE || measure.kind() == Measure.Kind.WHOLE) {
                write(measure, samples.get(measure.key()), directory.resolve(measure.key() + ".svg"));
            }
        }
    }

    private static void write(Measure measure, Map<String, List<Sample>> rows, Path file) throws IOException {
        List<String> names = new ArrayList<>(rows.keySet());
        List<Long> rates = names.stream()
                .map(name -> Math.round(Results.median(rows.get(name), Sample::rowsPerSecond) / THOUSAND)).toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH).height(HEIGHT).title(measure.title() + ": thousand " + measure.unit() + " a second").build();
        chart.getStyler().setLabelsVisible(true).setLabelsPosition(LABELS_POSITION).setXAxisLabelRotation(LABELS_DEGREES)
                // So that they end under their bars.
                .setXAxisLabelAlignment(TextAlignment.Right)
                .setPlotGridVerticalLinesVisible(false).setSeriesColors(new Color[] { BARS })
                .setChartBackgroundColor(Color.WHITE).setLegendVisible(false).setPlotBorderVisible(false)
                .setDecimalPattern("#,##0");
        chart.addSeries(measure.unit(), names, rates);
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(
                GenericDOMImplementation.getDOMImplementation().createDocument("http://www.w3.org/2000/svg", "svg", null));
        // Letters come as outlines, whose points are most of the file.
        context.setPrecision(PRECISION);
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        chart.paint(graphics, WIDTH, HEIGHT);
        try (Writer writer = Files.newBufferedWriter(file)) {
            graphics.stream(writer, true);
        }
    }
}
