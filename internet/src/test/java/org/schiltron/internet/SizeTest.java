package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

/** On a star of 60 ASes, whose arms have 10 Gbit/s each. */
class SizeTest {
    private Setup setup;

    @BeforeEach
    void star(@TempDir Path directory) throws IOException {
        StringBuilder links = new StringBuilder();
        for (int customer = 2; customer <= 61; customer++)
            links.append("1|").append(customer).append("|-1\n");
        Path file = Files.writeString(directory.resolve("star"), links);
        Path addresses = directory.resolve("addresses");
        StringBuilder counts = new StringBuilder();
        for (int as = 2; as <= 61; as++)
            counts.append(as).append(",256,XX\n");
        Files.writeString(addresses, counts);
        setup = new Setup(new WorldFiles(file, addresses, null, null, null), 1_000, 5, 1, 600, 0, 7);
    }

    private Experiment against(double attackBits, double loss, double hours) throws IOException {
        return asked(new SizeQuestion(attackBits, 1e9, 10e9, loss, hours));
    }

    private Experiment asked(SizeQuestion question) throws IOException {
        return Size.run(setup, question, Progress.SILENT);
    }

    private static Object cell(Table table, String column, double gbits, int copies) {
        for (List<Object> row : table.rows())
            if (row.get(0).equals(gbits) && row.get(1).equals(copies))
                return row.get(table.columns().indexOf(column));
        throw new AssertionError("no row for " + gbits + " and " + copies);
    }

    @Test
    void mailboxesAreWhatTheAttackAndTheClientsFillTogether() throws IOException {
        Table table = against(500e9, 0.03, 24).tables().getFirst();
        assertThat((long) cell(table, "mailboxes", 10, 1)).as("0.97 x 501.1 / 10").isBetween(50L, 60L);
        assertThat((long) cell(table, "mailboxes", 1, 1)).isBetween(487L, 600L);
        assertThat((long) cell(table, "mailboxes", 1, 3))
                .as("(1 - 0.03^(1/3)) / 0.9 x 503.3, as the service's arm is full")
                .isBetween(347L, 410L);
        assertThat((long) cell(against(50e9, 0.03, 24).tables().getFirst(), "mailboxes", 100, 3))
                .as("a session spreads over ten").isEqualTo(10);
    }

    /** Ten mailboxes of 100 Gbit/s would draw 50 Gbit/s to each of ten arms of 10. */
    @Test
    void anUplinkWiderThanItsNetworksLinksDoesNotHelp() throws IOException {
        Table table = against(500e9, 0.03, 24).tables().getFirst();
        for (double gbits : new double[]{10, 25, 100})
            for (int copies = 1; copies <= 3; copies++)
                assertThat((long) cell(table, "mailboxes", gbits, copies)).as("%s, %d copies", gbits, copies)
                        .isBetween((long) (500 * (1 - Math.pow(0.03, 1.0 / copies)) / 10), 60L);
    }

    @Test
    void theServicesLinkCarriesAllCopies() throws IOException {
        Table table = asked(new SizeQuestion(50e9, 6e9, 6e9, 0.03, 24)).tables().getFirst();
        assertThat((long) cell(table, "mailboxes", 10, 1)).isEqualTo(10);
        assertThat(cell(table, "mailboxes", 10, 2)).as("half of 12 Gbit/s, twice: 1/4 lost").isEqualTo("none suffices");
        assertThat(cell(table, "mailboxes", 100, 3)).isEqualTo("none suffices");
        assertThat((long) cell(asked(new SizeQuestion(50e9, 6e9, 18e9, 0.03, 24)).tables().getFirst(), "mailboxes", 10,
                3)).as("its network's arm of 10 Gbit/s is as fast as its link").isEqualTo(10);
    }

    @Test
    void trafficThatTheLinksDoNotCarryEvenInQuietHoursIsRefused() {
        assertThatThrownBy(() -> asked(new SizeQuestion(1e9, 1e12, 1e12, 0.03, 24)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("traffic: without any attack, 6").hasMessageEndingWith(" to AS7");
    }

    @Test
    void anAttackSlowerThanABotIsOneBot() throws IOException {
        assertThat(asked(new SizeQuestion(1e6, 1e6, 1e7, 0.03, 24)).facts().getFirst())
                .startsWith("the attack: 1 bot of 1.00 Mbit/s");
    }

    @Test
    void trafficIsThatOfCalmHoursOnceAndOfTheAttackWithCopies() throws IOException {
        Table calm = against(500e9, 0.03, 0).tables().getFirst();
        double month = 1e9 * 720 * 3_600 / 8 / 1e12;
        assertThat((double) cell(calm, "sent_tb_month_all", 10, 3)).isCloseTo(month, within(month));
        assertThat((double) cell(calm, "attack_tb_month_each", 10, 3)).isZero();
        Table always = against(500e9, 0.03, 720).tables().getFirst();
        assertThat((double) cell(always, "sent_tb_month_all", 10, 3)).isCloseTo(3 * month, within(month));
        double uplink = 1e9 * 720 * 3_600 / 8 / 1e12;
        assertThat((double) cell(always, "attack_tb_month_each", 1, 3)).as("the rest of the flood is lost before")
                .isCloseTo(uplink, within(uplink));
        long wide = (long) cell(always, "mailboxes", 100, 1);
        assertThat((double) cell(always, "attack_tb_month_each", 100, 1) * wide)
                .isBetween(0.95 * 500 * uplink, 500.001 * uplink);
    }

    private static org.assertj.core.data.Offset<Double> within(double of) {
        return org.assertj.core.data.Offset.offset(of * 1e-9);
    }

    /** The service's own filter spares its link, but not the arm to its network: the hub has to filter as well. */
    @Test
    void ringsStandWhereTheAttackComesTogether() throws IOException {
        Experiment answer = against(500e9, 0.03, 24);
        assertThat(answer.title()).contains("500 Gbit/s against 1 Gbit/s").endsWith("rings in 2 networks");
        List<List<Object>> rows = answer.tables().get(1).rows();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(2).get(1)).isEqualTo("AS1");
        assertThat((double) rows.get(1).get(2)).isLessThan(0.1);
        assertThat((double) rows.get(2).get(2)).isEqualTo(1);
        assertThat((double) rows.get(2).get(3)).as("all bots but those in the service's own network")
                .isBetween(480.0, 500.0);
        assertThat(against(5e9, 0.03, 24).title()).as("it fits the link").endsWith("no rings");
    }

    @Test
    void whatNoNumberOfMailboxesHoldsIsSaid() throws IOException {
        Experiment answer = against(50e12, 0.03, 24);
        assertThat(answer.title()).contains("no number of mailboxes suffices: the links between ASes and to the "
                + "service lose 9");
        Table table = answer.tables().getFirst();
        assertThat(cell(table, "mailboxes", 100, 1)).as("the arms are full").isEqualTo("none suffices");
    }

    @Test
    void questionsOutOfBoundsAreRefused() {
        assertThatThrownBy(() -> new SizeQuestion(1, 1e9, 10e9, 0.03, 24)).hasMessage("attack: 1Mbps to 1Pbps");
        assertThatThrownBy(() -> new SizeQuestion(1e9, 1e9, 1e8, 0.03, 24)).hasMessage("link: at least the traffic");
        assertThatThrownBy(() -> new SizeQuestion(1e9, 1e9, 1e10, Double.NaN, 24)).hasMessage("loss: 0.001 to 0.5");
        assertThatThrownBy(() -> new SizeQuestion(1e9, 1e9, 1e10, 0.03, 721)).hasMessage("hours: 0 to 720 a month");
    }
}
