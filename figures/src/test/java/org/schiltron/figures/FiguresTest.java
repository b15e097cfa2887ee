package org.schiltron.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void aChartIsWellFormedAndShowsItsWordsAsTheyAre() {
        String svg = new Chart("A < B & \"C\"", Axis.logarithmic("x", 1, 100, new Axis.Tick(10, "ten")),
                Axis.share("y"))
                .line(0, "one", new double[]{1, 100}, new double[]{0, 1})
                .reference("other", new double[]{1}, new double[]{0.5}).point(1, 10, 0.5, 0.2, 0.9).name(1, "dots")
                .svg(0.5, true);
        assertWellFormed(svg);
        assertThat(svg).contains(">A &lt; B &amp; &quot;C&quot;<", ">ten<", ">one<", ">dots<", ">100 %<");
    }

    private static void assertWellFormed(String svg) {
        Deque<String> open = new ArrayDeque<>();
        Matcher tags = Pattern.compile("<(/?)(\\w+)(?: [\\w-]+=\"[^\"<]*\")*(/?)>").matcher(svg);
        StringBuilder words = new StringBuilder();
        while (tags.find()) {
            tags.appendReplacement(words, "");
            if (!tags.group(1).isEmpty())
                assertThat(open.pop()).isEqualTo(tags.group(2));
            else if (tags.group(3).isEmpty())
                open.push(tags.group(2));
        }
        assertThat(open).isEmpty();
        assertThat(tags.appendTail(words).toString()).doesNotContain("<", ">").doesNotContainPattern("&(?!\\w+;)");
    }

    @Test
    void pointsLieWhereTheirAxesSayAndOutsidersAtTheEdge() {
        String svg = new Chart("", Axis.linear("", 0, 10), Axis.logarithmic("", 1, 100))
                .line(0, "", new double[]{0, 5, 10, 99}, new double[]{1, 10, 100, 1e9}).svg(0, false);
        Matcher points = Pattern.compile("points=\"([^\"]*)\"").matcher(svg);
        assertThat(points.find()).isTrue();
        assertThat(points.group(1)).isEqualTo("64.0,352.0 344.0,196.0 624.0,40.0 624.0,40.0");
    }

    @Test
    void anExperimentWithoutClaimsSaysNothingOfThePaper() {
        Experiment.Claim claim = new Experiment.Claim("more", "a > b", "2 > 1", true, "");
        assertThat(new Experiment("a", "A", List.of(), List.of(claim), List.of(), List.of()).html("a"))
                .contains("What the paper says");
        assertThat(new Experiment("a", "A", List.of("a fact"), List.of(), List.of(), List.of()).html("a"))
                .doesNotContain("What the paper says", "<table").contains("a fact");
    }

    @Test
    void anExperimentInMarkdownIsTablesThatNoCellBreaks() {
        Table table = new Table("T", List.of("a", "b"), List.of(List.of("x", 0.5), List.of("y, z", 7)));
        assertThat(table.markdown()).isEqualTo("| a | b |\n|---|---|\n| x | 0.5000 |\n| y, z | 7 |\n");
        Experiment.Claim claim = new Experiment.Claim("more", "a > b", "1 < 2", false, "since");
        assertThat(new Experiment("n", "N", List.of(), List.of(claim), List.of(table), List.of()).markdown())
                .isEqualTo("# N\n\n## T\n\n" + table.markdown()
                        + "\n## Claims\n\n| claim of the paper | checked | found | holds | why |\n"
                        + "|---|---|---|---|---|\n| more | a > b | 1 < 2 | **no** | since |\n");
        assertThatThrownBy(() -> new Table("T", List.of("a"), List.of(List.of("x|y"))).markdown())
                .hasMessage("\"x|y\" is no cell of Markdown");
    }

    @Test
    void anAxisThatLeadsNowhereIsRefused() {
        assertThatThrownBy(() -> Axis.linear("x", 1, 1)).hasMessageContaining("from 1.0 to 1.0");
        assertThatThrownBy(() -> Axis.logarithmic("x", 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quantilesAreValuesThatOccur() {
        Distribution distribution = new Distribution(new double[]{3, 1, 2, 4});
        assertThat(distribution.quantile(0)).isEqualTo(1);
        assertThat(distribution.quantile(0.25)).isEqualTo(1);
        assertThat(distribution.quantile(0.5)).isEqualTo(2);
        assertThat(distribution.quantile(0.51)).isEqualTo(3);
        assertThat(distribution.quantile(1)).isEqualTo(4);
        assertThat(distribution.values()).hasSameSizeAs(Distribution.shares()).isSorted();
    }

    @Test
    void aTableIsQuotedAsCsvAndCheckedForItsWidth() {
        Table table = new Table("t", List.of("a", "b"),
                List.of(List.of("x, \"y\"", 0.25), List.of("z", 1.0), List.of(3, 1e-7)));
        assertThat(table.csv()).isEqualTo("a,b\n\"x, \"\"y\"\"\",0.2500\nz,1\n3,1.000e-07\n");
        assertThatThrownBy(() -> new Table("t", List.of("a"), List.of(List.of(1, 2)))).hasMessageContaining("2 cells");
    }

    @Test
    void aPageNeedsNothingElseAndLetsNoTextBecomeMarkup() {
        String html = new Page("<b>title</b>").paragraph("a < b").code("x & y").list(List.of("<i>"))
                .table(List.of("holds"), List.of(List.of("yes"), List.of("no"))).html();
        assertThat(html).contains("&lt;b&gt;title", "a &lt; b", "x &amp; y", "&lt;i&gt;", "<td class=\"yes\">")
                .doesNotContain("href", "src=", "<b>");
    }
}
