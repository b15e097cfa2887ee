package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.BadFileException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.sim.Discipline;
import org.schiltron.sim.LinkConfig;

class ScenarioFileTest {
    static final String GOOD = """
            duration = "10s"
            [router.core]
            [router.edge]
            [link.transit]
            between = ["core", "edge"]
            rate = "10Mbit"
            delay = "5ms"
            [host.mailbox]
            machine = "mailbox"
            count = 3
            router = "core"
            link = { rate = "1Mbit" }
            [host.service]
            machine = "service"
            router = "edge"
            [host.client]
            machine = "client"
            router = "core"
            [host.bot]
            machine = "flood"
            router = "edge"
            target = ["service"]
            rate = "1Mbit"
            """;

    @TempDir
    Path directory;

    private Scenario read(String text) throws IOException {
        return Texts.read(directory, text);
    }

    @Test
    void aGoodFileIsReadWithItsDefaults() throws IOException {
        Scenario scenario = read(GOOD);
        assertThat(scenario.durationNs()).isEqualTo(10_000_000_000L);
        assertThat(scenario.links()).containsExactly("transit", "mailbox-1", "mailbox-2", "mailbox-3", "service",
                "client", "bot");
        assertThat(scenario.trunks()).containsExactly(new Scenario.Trunk("transit", "core", "edge",
                LinkConfig.ofMegabits(10).withDelayNs(5_000_000), LinkConfig.ofMegabits(10).withDelayNs(5_000_000)));
        assertThat(scenario.hosts().get(2).role()).isEqualTo(new Role.Client("service", java.util.List.of(), 0, 150,
                16_384, 0, Scenario.MAX_REQUESTS, 4_000_000_000L, 10_000));
    }

    @Test
    void directionsOfALinkOverrideWhatBothHave() throws IOException {
        Scenario scenario = read(GOOD.replace("{ rate = \"1Mbit\" }",
                "{ rate = \"1Mbit\", queue = \"50ms\", loss = 0.25, up = { rate = \"2Mbit\", delay = \"1ms\", mtu = \"576B\" } }"));
        Scenario.Group mailbox = scenario.hosts().getFirst().group();
        assertThat(mailbox.down()).isEqualTo(LinkConfig.ofRate(125_000).withQueue(6_250).withLoss(0.25));
        assertThat(mailbox.up()).isEqualTo(
                LinkConfig.ofRate(250_000).withQueue(12_500).withLoss(0.25).withDelayNs(1_000_000).withMtu(576));
    }

    @Test
    void faultsOfALinkAreRead() throws IOException {
        Scenario scenario = read(GOOD.replace("delay = \"5ms\"", """
                burst = { enter = 0.001, leave = 0.1, loss = 0.8 }
                reorder = { share = 0.01, by = "3ms" }
                duplicate = 0.5
                corrupt = 1
                jitter = "2us\""""));
        LinkConfig link = scenario.trunks().getFirst().back();
        assertThat(link.burstLoss()).isEqualTo(new LinkConfig.BurstLoss(0.001, 0.1, 0.8));
        assertThat(link)
                .isEqualTo(LinkConfig.ofMegabits(10).withBurstLoss(link.burstLoss()).withReorder(0.01, 3_000_000)
                        .withDuplicate(0.5).withCorrupt(1).withJitterNs(2_000));
    }

    @Test
    void disciplinesOfALinkAreRead() throws IOException {
        LinkConfig plain = LinkConfig.ofMegabits(10); // 125,000 bytes of queue
        assertThat(transit("discipline = \"red\"")).isEqualTo(
                plain.withDiscipline(new Discipline.Red(20_833, 62_500, 0.1, 0.002)));
        assertThat(transit("discipline = \"red\"\nred = { least = \"10kB\", most = \"30kB\", share = 0.02 }"))
                .isEqualTo(
                        plain.withDiscipline(new Discipline.Red(10_000, 30_000, 0.02, 0.002)));
        assertThat(transit("discipline = \"codel\"")).isEqualTo(plain.withDiscipline(Discipline.CoDel.DEFAULT));
        assertThat(transit("discipline = \"fq-codel\"\ncodel = { target = \"2ms\" }")).isEqualTo(
                plain.withDiscipline(new Discipline.FairCoDel(new Discipline.CoDel(2_000_000, 100_000_000))));
        assertThat(transit("discipline = \"drop-tail\"")).isEqualTo(plain);
    }

    private LinkConfig transit(String instead) throws IOException {
        return read(GOOD.replace("delay = \"5ms\"", instead)).trunks().getFirst().there();
    }

    /** What is wrong with the file above, changed in one place: the line, and what is said. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            duration = "10s"         | duration = 10            | 1 | duration: 10 is not a duration such as "20ms"
            duration = "10s"         | duration = "10"          | 1 | duration: "10" is not a duration
            duration = "10s"         | duration = "10Mbit"      | 1 | duration: "10Mbit" is not a duration
            duration = "10s"         | duration = "61min"       | 1 | duration: 61min is out of range (1ms to 60min)
            duration = "10s"         | #                        | 0 | needs a key duration, such as duration = "20s"
            duration = "10s"         | duration = "10s"; x      | 1 | Unexpected ';'
            [router.edge]            | [route.edge]             | 3 | route: no such key; did you mean router?
            [router.edge]            | [router.Edge]            | 3 | router.Edge: not a name: small letters
            [router.edge]            | [router.edge]\\n[router.c] | 4 | router.c: cannot be reached from router core: add a [link.NAME]
            [router.edge]            | [router.edge]\\nonly = { service = ["bot"] } | 4 | router.edge.only: no such key; there are gates
            [router.edge]            | [router.edge]\\ngates = "only" | 4 | router.edge.gates: "only" is not a list of tables
            [router.edge]            | [router.edge]\\ngates = [\\n{ gate = "reverse-path" },\\n{ gate = "onyl" },\\n] | 6 | router.edge.gates 2.gate: "onyl" is not one of only, drop, rate
            [router.edge]            | [router.edge]\\ngates = [\\n{ gate = "only", to = ["x"], from = ["bot"] } ] | 5 | router.edge.gates 1.to: there is no host x; there are mailbox, service
            [router.edge]            | [router.edge]\\ngates = [{ gate = "only", to = ["service"], from = ["bots"] }] | 4 | router.edge.gates 1.from: there is no host bots; did you mean bot?
            [router.edge]            | [router.edge]\\ngates = [{ gate = "only", to = ["service"] }] | 4 | router.edge.gates 1: needs a key from, such as from = ["ring"]
            [router.edge]            | [router.edge]\\ngates = [{ gate = "drop" }] | 4 | router.edge.gates 1: needs a key to or from
            [router.edge]            | [router.edge]\\ngates = [{ gate = "drop", from = ["300.0.0.0/8"] }] | 4 | router.edge.gates 1.from: "300.0.0.0/8" is not a prefix such as
            [router.edge]            | [router.edge]\\ngates = [{ gate = "drop", from = ["10.1.0.0/8"] }] | 4 | router.edge.gates 1.from: "10.1.0.0/8" has bits beyond its length
            [router.edge]            | [router.edge]\\ngates = [{ gate = "rate" }] | 4 | router.edge.gates 1: needs a key rate, such as rate = "1Mbit"
            [router.edge]            | [router.edge]\\ngates = [{ gate = "rate", rate = "1Mbit", per = "host" }] | 4 | router.edge.gates 1.per: "host" is not one of source, all
            [router.edge]            | [router.edge]\\ngates = [{ gate = "requested", service = "client" }] | 4 | router.edge.gates 1.service: client is not a service; there are service
            [router.edge]            | [router.edge]\\n[[router.edge.gates]]\\ngate = "reverse-path"\\nfrom = ["bot"] | 6 | router.edge.gates 1.from: no such key; there are gate
            between = ["core", "edge"] | between = ["core"]     | 4 | link.transit: needs a key between with two routers
            between = ["core", "edge"] | between = ["core", "egde"] | 5 | link.transit.between: there is no router egde; did you mean edge?
            between = ["core", "edge"] | between = ["core", "core"] | 5 | link.transit.between: a link from core to itself
            rate = "10Mbit"          | rate = "10MBit"          | 6 | link.transit.rate: "10MBit" is not a rate such as "10Mbit"
            rate = "10Mbit"          | rte = "10Mbit"           | 6 | link.transit.rte: no such key; did you mean rate?
            rate = "10Mbit"          | queue = "64KiB"          | 6 | link.transit.queue: a link without a rate has no queue
            delay = "5ms"            | delay = "5m"             | 7 | link.transit.delay: "5m" is not a duration
            delay = "5ms"            | discipline = "wfq"       | 7 | link.transit.discipline: "wfq" is not one of drop-tail, red, codel, fq-codel
            delay = "5ms"            | red = { least = "1kB" }  | 7 | link.transit.red: only with discipline = "red", and this is drop-tail
            delay = "5ms"            | discipline = "red"\\ncodel = {} | 8 | link.transit.codel: only with discipline = "codel" or "fq-codel", and this is red
            delay = "5ms"            | discipline = "red"\\nred = { most = "1kB", least = "1kB" } | 8 | link.transit.red.least: 1kB is out of range
            delay = "5ms"            | discipline = "red"\\nred = { share = 0 } | 8 | link.transit.red.share: must be above 0
            delay = "5ms"            | discipline = "codel"\\ncodel = { target = "5ms", interval = "1ms" } | 8 | link.transit.codel.interval: 1ms is out of range (5ms to
            rate = "10Mbit"          | discipline = "codel"     | 6 | link.transit.discipline: a link without a rate has no queue
            delay = "5ms"            | loss = 1.5               | 7 | link.transit.loss: 1.5 is not a probability (0 to 1)
            delay = "5ms"            | queue = "5Mbit"          | 7 | link.transit.queue: "5Mbit" is neither a size
            delay = "5ms"            | mtu = "20B"              | 7 | link.transit.mtu: 20B is out of range (68B to 65535B)
            delay = "5ms"            | burst = { enter = 0.5 }  | 7 | link.transit.burst: needs enter and leave above 0
            delay = "5ms"            | reorder = { by = "5ms" } | 7 | link.transit.reorder: needs a share above 0
            delay = "5ms"            | there = { bandwidth = 3 } | 7 | link.transit.there.bandwidth: no such key; there are rate
            [host.mailbox]           | [host.core]              | 8 | host.core: the name core is taken, in line 2
            [host.service]           | [host.mailbox-2]         | 13 | host.mailbox-2: the name mailbox-2 is taken, in line 8
            machine = "mailbox"      | machine = "mailboxes"    | 9 | host.mailbox.machine: "mailboxes" is not one of mailbox, ring, service
            machine = "mailbox"      | machina = "mailbox"      | 8 | host.mailbox: needs a key machine, such as machine = "mailbox"
            count = 3                | count = 0                | 10 | host.mailbox.count: 0 is out of range (1 to 20000)
            count = 3                | count = "3"              | 10 | host.mailbox.count: "3" is not a whole number
            count = 3                | count = 19999            | 16 | host.client: with these there are 20001 hosts
            count = 3                | lie = "damage"           | 10 | host.mailbox.lie: "damage" is not one of corrupt, late, twice, to-others, lure, hoard, door-drop
            count = 3                | rings = []               | 10 | host.mailbox.rings: no such key
            { rate = "1Mbit" }       | { rate = "79kbit" }      | 12 | host.mailbox.link: a mailbox or service needs a rate of 80kbit at least
            { rate = "1Mbit" }       | "1Mbit"                  | 12 | host.mailbox.link: "1Mbit" is not a table
            machine = "service"      | machine = "service"\\nmailboxes = ["bot"]     | 15 | host.service.mailboxes: bot is not a mailbox
            machine = "service"      | machine = "service"\\nrings = ["ring"]   | 15 | host.service.rings: there is no host ring
            machine = "service"      | machine = "service"\\ncount = 2   | 15 | host.service.count: a service has one host here
            machine = "client"       | machine = "client"\\nevery = "1us" | 18 | host.client.every: 1us is out of range
            machine = "client"       | machine = "client"\\ncount = 2000\\nevery = "1ms" | 19 | host.client.every: with these, clients ask 20002000 times
            machine = "client"       | machine = "client"\\nservice = "mailbox" | 18 | host.client.service: mailbox is not a service
            machine = "client"       | machine = "client"\\nip = 6 | 16 | host.client.service: service has IPv4 addresses, and client IPv6 ones
            machine = "client"       | machine = "client"\\nip = 5 | 18 | host.client.ip: 5 is neither 4 nor 6
            machine = "client"       | machine = "program"\\naddresses = 251 | 18 | host.client.addresses: 251 is out of range
            machine = "client"       | machine = "program"\\nids = "random" | 18 | host.client.ids: "random" is not one of kernel, counted
            machine = "client"       | machine = "program"\\nip = 6 | 18 | host.client.ip: a host for programs has addresses of both
            machine = "client"       | machine = "program"\\nnat = true | 18 | host.client.nat:
            machine = "client"       | machine = "client"\\nnat = 1 | 18 | host.client.nat: 1 is neither true nor false
            machine = "service"      | machine = "service"\\nnat = true | 15 | host.service.nat: a service has to be reached from outside
            machine = "service"      | machine = "service"\\nip = 6 | 13 | host.service.mailboxes: mailbox has IPv4 addresses, and service IPv6 ones
            machine = "client"       | machine = "client"\\nstart = "11s" | 18 | host.client.start: 11s is out of range (0ns to 10s)
            machine = "client"       | machine = "hostile-client" | 16 | host.client: needs a key trick, such as trick = "absurd-numbers"
            machine = "client"       | machine = "hostile-client"\\ntrick = "name-a-victim" | 16 | host.client: needs a key victim
            machine = "client"       | machine = "hostile-client"\\ntrick = "lie" | 18 | host.client.trick: "lie" is not one of name-a-victim, absurd-numbers
            target = ["service"]     | target = []              | 19 | host.bot: needs a key target with hosts
            target = ["service"]     | target = ["servise"]     | 22 | host.bot.target: there is no host servise; did you mean service?
            target = ["service"]     | target = ["service"]\\nstart = "5s"\\nend = "5s" | 24 | host.bot.end: not after the start, 5s
            target = ["service"]     | target = ["service"]\\nkind = "syn" | 23 | host.bot.kind: "syn" is not one of random, data, ring, cookie-requests
            target = ["service"]     | target = ["service"]\\npayload = "2000B" | 23 | host.bot.payload: with its headers longer than the MTU
            """)
    void whatIsWrongIsSaidWithItsLine(String good, String bad, int line, String message) throws IOException {
        assertThat(GOOD).contains(good);
        String text = GOOD.replaceFirst(java.util.regex.Pattern.quote(good),
                java.util.regex.Matcher.quoteReplacement(bad.replace("\\n", "\n")));
        assertThatThrownBy(() -> read(text)).isInstanceOf(BadFileException.class)
                .hasMessageStartingWith(directory.resolve("s.toml") + (line == 0 ? ": " : ":" + line + ": ") + message);
    }

    /** Of an event after the file above, whose last line is 23. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            link = "transit"                         | 24 | at 1: needs a key time, such as time = "5s"
            time = "11s"\\nheal = true              | 25 | at 1.time: 11s is out of range (0ns to 10s)
            time = "1s"                              | 24 | at 1: needs one of the keys link, kill, restart, partition, heal, rebind, flood
            time = "1s"\\nheal = true\\nkill = "bot" | 24 | at 1: kill and heal are several events
            time = "1s"\\nheal = false              | 26 | at 1.heal: can only be true
            time = "1s"\\nheal = "yes"              | 26 | at 1.heal: "yes" is neither true nor false
            time = "1s"\\nkill = "transit"          | 26 | at 1.kill: there is no host transit; there are
            time = "1s"\\nkill = []                 | 26 | at 1.kill: an empty list
            time = "1s"\\nrestart = "mailbox-4"     | 26 | at 1.restart: there is no host mailbox-4; did you mean mailbox-1?
            time = "1s"\\nlink = "transitt"\\nloss = 1 | 26 | at 1.link: there is no link transitt; did you mean transit?
            time = "1s"\\nlink = "transit"\\nlos = 1 | 27 | at 1.los: no such key; did you mean loss?
            time = "1s"\\nlink = "transit"\\nup = {} | 27 | at 1.up: no such key
            time = "1s"\\nlink = "transit"\\nstate = "off" | 27 | at 1.state: "off" is not one of up, down
            time = "1s"\\nlink = "transit"\\ndiscipline = "red" | 27 | at 1.discipline: cannot change while the link may have packets that wait
            time = "1s"\\nlink = "service"\\nqueue = "1kB" | 27 | at 1.queue: a link without a rate has no queue
            time = "1s"\\nflood = "client"\\nrate = "1Mbit" | 26 | at 1.flood: client is not a flood; there are bot
            time = "1s"\\nrebind = "client"        | 26 | at 1.rebind: client is not behind a NAT: give it nat = true
            time = "1s"\\nflood = "bot"             | 24 | at 1: needs a key rate
            time = "1s"\\nheal = true\\n[[at]]\\ntime = "2s"\\npartition = "x" | 29 | at 2.partition: there is no host x
            """)
    void whatIsWrongWithAnEventIsSaidWithItsLine(String event, int line, String message) throws IOException {
        String text = GOOD + "[[at]]\n" + event.replace("\\n", "\n") + "\n";
        assertThatThrownBy(() -> read(text)).isInstanceOf(BadFileException.class)
                .hasMessageStartingWith(directory.resolve("s.toml") + ":" + line + ": " + message);
    }

    @Test
    void eventsAreReadInTheirOrderAndLinksChangeFromEventToEvent() throws IOException {
        Scenario scenario = read(GOOD + """
                [[at]]
                time = "5s"
                link = "transit"
                loss = 0.5
                back = { delay = "1ms" }
                [[at]]
                time = "2s"
                link = ["transit", "mailbox"]
                rate = "2Mbit"
                state = "down"
                [[at]]
                time = "5s"
                kill = ["mailbox", "bot"]
                [[at]]
                time = "5s"
                restart = "mailbox-2"
                """);
        LinkConfig transit = LinkConfig.ofMegabits(10).withRate(250_000).withDelayNs(5_000_000).withUp(false);
        LinkConfig mailbox = LinkConfig.ofMegabits(1).withRate(250_000).withUp(false);
        LinkFields.Pair first = new LinkFields.Pair(transit, transit);
        LinkFields.Pair host = new LinkFields.Pair(mailbox, mailbox);
        assertThat(scenario.events()).containsExactly(
                new Scenario.Event(2_000_000_000L,
                        new EventSpec.Links(java.util.Map.of("transit", first, "mailbox-1", host,
                                "mailbox-2", host, "mailbox-3", host))),
                new Scenario.Event(5_000_000_000L, new EventSpec.Links(java.util.Map.of("transit", new LinkFields.Pair(
                        transit.withLoss(0.5), transit.withLoss(0.5).withDelayNs(1_000_000))))),
                new Scenario.Event(5_000_000_000L,
                        new EventSpec.Kill(java.util.List.of("mailbox-1", "mailbox-2", "mailbox-3", "bot"))),
                new Scenario.Event(5_000_000_000L, new EventSpec.Restart(java.util.List.of("mailbox-2"))));
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path file = directory.resolve("s.toml");
        Files.write(file, new byte[]{'a', (byte) 0xff});
        assertThatThrownBy(() -> Scenario.read(file)).isInstanceOf(BadFileException.class)
                .hasMessageEndingWith("not UTF-8: save the file in that encoding");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Scenario.read(file)).isInstanceOf(BadFileException.class)
                .hasMessageContaining("1MiB");
    }

    @ParameterizedTest
    @CsvSource({"DURATION,20ms,20000000", "DURATION,1.5s,1500000000", "DURATION,2 min,120000000000", "DURATION,7ns,7",
            "RATE,10Mbit,10000000", "RATE,10Mbit/s,10000000", "RATE,2.5Gbit,2500000000", "SIZE,64KiB,65536",
            "SIZE,1500B,1500", "SIZE,1MB,1000000"})
    void numbersHaveUnits(Quantity kind, String text, long value) {
        assertThat(kind.parse(text)).isEqualTo(value);
        assertThat(kind.parse(kind.show(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"DURATION,''", "DURATION,-1s", "DURATION,1e3s", "DURATION,s", "DURATION,5s/s", "RATE,10mbit",
            "SIZE,64Kib", "SIZE,99999999999999B", "DURATION,999999999999min"})
    void whatIsNoNumberWithAUnitIsRefused(Quantity kind, String text) {
        assertThatThrownBy(() -> kind.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
