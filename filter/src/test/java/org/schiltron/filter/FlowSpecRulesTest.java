package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowComponent;
import org.schiltron.bgp.FlowField;
import org.schiltron.bgp.FlowMatch;
import org.schiltron.bgp.FlowOrder;
import org.schiltron.bgp.FlowPrefix;
import org.schiltron.bgp.FlowRule;
import org.schiltron.bgp.FlowTerm;

/** Specifications, as a router would try them, against the table of packets; orders that cannot be said; budgets. */
class FlowSpecRulesTest {
    private static final String TOP = "protects = [\"192.0.2.0/24\"]\n";

    @TempDir
    Path directory;

    private RuleSet rules(String toml) throws Exception {
        return new PacketTable.Section("", toml, List.of()).rules(directory);
    }

    /** What a router of RFC 8955 does with a packet: true if it goes on. */
    private static boolean passes(Map<FlowRule, List<FlowAction>> rules, IpHeaders packet) {
        List<FlowRule> ordered = new ArrayList<>(rules.keySet());
        ordered.sort(FlowOrder.INSTANCE);
        for (FlowRule rule : ordered) {
            if (!rule.components().stream().allMatch(component -> meets(component, packet)))
                continue;
            List<FlowAction> actions = rules.getOrDefault(rule, List.of());
            if (actions.stream().noneMatch(action -> action instanceof FlowAction.Traffic traffic && traffic.goOn()))
                return !actions.contains(FlowAction.DROP);
        }
        return true;
    }

    private static boolean meets(FlowComponent component, IpHeaders packet) {
        if (component instanceof FlowPrefix prefix) {
            Prefix inner = new Prefix(prefix.high(), prefix.low(),
                    prefix.length() + (prefix.family() == org.schiltron.bgp.FlowFamily.IPV4 ? 96 : 0));
            return inner.contains(prefix.field() == FlowField.SOURCE ? packet.source : packet.destination);
        }
        FlowMatch match = (FlowMatch) component;
        int value = switch (match.field()) {
            case PROTOCOL -> packet.protocol;
            case DESTINATION_PORT -> packet.port;
            case SOURCE_PORT -> packet.sourcePort;
            case FRAGMENT -> packet.laterFragment ? 2 : packet.fragment ? 4 : 0;
            default -> throw new AssertionError(match.field());
        };
        boolean met = false;
        for (FlowTerm term : match.terms()) {
            boolean holds = value >= 0 && holds(term, value, match.field() == FlowField.FRAGMENT);
            met = term.and() ? met && holds : met || holds;
        }
        return met;
    }

    /** RFC 8955, sections 4.2.1.1 and 4.2.1.2. */
    private static boolean holds(FlowTerm term, int value, boolean bits) {
        if (bits) {
            boolean match = (term.comparison() & 1) != 0
                    ? (value & term.value()) == term.value()
                    : (value & term.value()) != 0;
            return match != ((term.comparison() & 2) != 0);
        }
        return ((term.comparison() & 1) != 0 && value == term.value())
                || ((term.comparison() & 2) != 0 && value > term.value())
                || ((term.comparison() & 4) != 0 && value < term.value());
    }

    @TestFactory
    List<DynamicTest> aRouterJudgesThePacketsOfTheTableAsTheyShouldBe() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PacketTable.Section section : PacketTable.sections())
            tests.add(DynamicTest.dynamicTest(section.title(), () -> check(section)));
        return tests;
    }

    private void check(PacketTable.Section section) throws Exception {
        RuleSet set = section.rules(directory);
        boolean sayable = set.hides().equals(Hiding.NOTHING) && set.rules().stream()
                .allMatch(rule -> rule.words().isEmpty() && !(rule.action() instanceof Action.Requested)
                        && !(rule.action() instanceof Action.Limit limit && limit.each()));
        assertThat(FlowSpecRules.check(set).isEmpty()).as("%s", FlowSpecRules.check(set))
                .isEqualTo(sayable && !section.title().startsWith("Authenticators together"));
        if (!FlowSpecRules.check(set).isEmpty())
            return;
        Map<FlowRule, List<FlowAction>> announced = FlowSpecRules.announcement(set, 1_000).rules();
        IpHeaders packet = new IpHeaders();
        for (PacketTable.Row row : section.rows()) {
            byte[] bytes = PacketText.packet(row.packet());
            if (packet.read(MemorySegment.ofArray(bytes), 0, bytes.length)) // routers drop what is malformed, or not
                assertThat(passes(announced, packet)).as("packets.txt:%d: %s %s", row.line(), row.packet(), announced)
                        .isEqualTo(row.verdict().equals("pass"));
        }
    }

    @Test
    void anOrderThatRoutersWouldTurnRoundIsRefusedWithBothRules() throws Exception {
        RuleSet set = rules(TOP + """
                [[rule]]
                name = "web"
                do = "allow"
                protocol = "tcp"
                port = 443
                [[rule]]
                name = "blocked"
                do = "drop"
                from = "203.0.113.0/24"
                """);
        assertThat(FlowSpecRules.check(set)).singleElement().satisfies(refusal -> {
            assertThat(refusal.rule().name()).isEqualTo("blocked");
            assertThat(refusal.reason()).contains("before rule \"web\"").contains("5.1");
        });
    }

    /** One rule, with a source of at most four bits in either family or none, and a port or none. */
    private static String byLot(Random random) {
        int bits = random.nextInt(5);
        int part = random.nextInt(16) & -1 << (4 - bits);
        String from = switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "from = \"2001:db8:" + Integer.toHexString(part << 12) + "::/" + (32 + bits) + "\"\n";
            default -> "from = \"" + (part << 4) + ".0.0.0/" + bits + "\"\n";
        };
        return "[[rule]]\ndo = \"" + List.of("allow", "drop").get(random.nextInt(2)) + "\"\n" + from
                + (random.nextInt(3) == 0 ? "protocol = \"tcp\"\nport = " + (80 + random.nextInt(2)) + "\n" : "");
    }

    /** Rules of two are held against each other in one place: of many, the same pairs must be found. */
    @Test
    void ofManyRulesThoseAreFoundThatRoutersWouldTurnRound() throws Exception {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int run = 0; run < 300; run++) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(5); i++)
                all.add(byLot(random));
            boolean wanted = false;
            String top = "protects = [\"192.0.2.0/24\", \"2001:db8:5::/48\"]\notherwise = \"allow\"\nfragments = \"judge\"\n";
            for (int later = 0; later < all.size(); later++)
                for (int earlier = 0; earlier < later; earlier++)
                    wanted |= isTurnedRound(rules(top + all.get(earlier)), rules(top + all.get(later)));
            List<Refusal> refusals = FlowSpecRules.check(rules(top + String.join("", all)));
            assertThat(!refusals.isEmpty()).as("-Dschiltron.seed=%d run %d: %s %s", seed, run, all, refusals)
                    .isEqualTo(wanted);
            refused += refusals.size();
        }
        assertThat(refused).as("-Dschiltron.seed=%d", seed).isBetween(20, 280);
    }

    /** By the letter: an earlier and a later rule, of one family, that do different things with what meets both. */
    private static boolean isTurnedRound(RuleSet earlier, RuleSet later) {
        Rule a = earlier.rules().getFirst();
        Rule b = later.rules().getFirst();
        if (a.action().equals(b.action()) || !a.overlaps(b))
            return false;
        for (FlowRule first : FlowSpecRules.announcement(earlier, 100).rules().keySet())
            for (FlowRule second : FlowSpecRules.announcement(later, 100).rules().keySet())
                if (first.family() == second.family() && FlowOrder.INSTANCE.compare(first, second) > 0)
                    return true;
        return false;
    }

    @Test
    void whatTheStandardCannotSayIsRefused() throws Exception {
        assertThat(FlowSpecRules.check(rules(TOP + "[[rule]]\ndo = \"requested\"\n"))).hasSize(1);
        RuleSet hides = rules(TOP + "hides = \"ids\"\n");
        assertThat(FlowSpecRules.check(hides)).singleElement().extracting(refusal -> refusal.text(hides)).asString()
                .contains(": hides: BGP FlowSpec");
        assertThat(FlowSpecRules.check(rules(TOP + "[[rule]]\ndo = \"limit\"\npackets = 5\nper = \"source\"\n")))
                .hasSize(1);
        assertThat(FlowSpecRules.check(
                rules(TOP + "[[rule]]\ndo = \"allow\"\nprotocol = \"udp\"\nword = [{ at = 0, value = \"0x1\" }]\n")))
                .hasSize(1);
    }

    @Test
    void prefixesArePutTogetherAsFarAsNothingChanges() throws Exception {
        RuleSet set = rules(TOP
                + "otherwise = \"allow\"\nfragments = \"judge\"\n[[rule]]\ndo = \"drop\"\nfrom = [\"10.0.0.0/25\", \"10.0.0.128/25\", \"10.0.1.0/24\", \"10.0.0.77\", \"10.0.3.0/24\"]\n");
        assertThat(FlowSpecRules.announcement(set, 2).rules().keySet()).extracting(FlowRule::toString)
                .containsExactly("destination 192.0.2.0/24 source 10.0.0.0/23",
                        "destination 192.0.2.0/24 source 10.0.3.0/24");
    }

    @Test
    void overTheBudgetRulesThatDropAreLeftOutFromTheLastOnAndNothingElse() throws Exception {
        String drops = "[[rule]]\nname = \"one\"\ndo = \"drop\"\nfrom = \"10.0.0.1\"\n[[rule]]\nname = \"two\"\ndo = \"drop\"\nfrom = [\"10.0.0.3\", \"10.0.0.5\"]\n";
        RuleSet set = rules(TOP + drops + "[[rule]]\nname = \"tcp\"\ndo = \"allow\"\nprotocol = \"tcp\"\n");
        assertThat(FlowSpecRules.announcement(set, 5).leftOut()).isEmpty();
        assertThat(FlowSpecRules.announcement(set, 4).leftOut()).containsExactly("two");
        assertThat(FlowSpecRules.announcement(set, 4).rules()).hasSize(3);
        assertThat(FlowSpecRules.announcement(set, 2).leftOut()).containsExactly("two", "one");
        assertThatThrownBy(() -> FlowSpecRules.announcement(set, 1))
                .hasMessageContaining("2 specifications are needed");
    }
}
