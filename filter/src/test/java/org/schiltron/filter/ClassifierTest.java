package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Path;

/** Bitmaps against rules that are tried one after another. */
class ClassifierTest {
    private final Random random = new Random();

    /** Few distinct bits, so that prefixes lie in each other and packets meet rules. */
    private Prefix prefix() {
        int bits = random.nextInt(9);
        long value = random.nextInt(256) & -1L << (8 - bits) & 0xff;
        return random.nextBoolean()
                ? new Prefix(0, 0xffffL << 32 | value << 24, 96 + bits)
                : new Prefix(value << 56, 0, bits);
    }

    private Rule rule(int number) {
        List<Integer> protocols = switch (random.nextInt(4)) {
            case 0 -> List.of(Rule.TCP);
            case 1 -> List.of(Rule.UDP, 1);
            default -> List.of();
        };
        List<Word> words = new ArrayList<>();
        if (random.nextInt(4) == 0)
            words.add(new Word(Word.Base.TRANSPORT, 4, 0xff, random.nextInt(3)));
        if (random.nextInt(6) == 0)
            words.add(new Word(Word.Base.PAYLOAD, 1, -1, random.nextInt(2)));
        return new Rule("r" + number, number, new Action.Drop(), several(3, this::prefix), several(2, this::prefix),
                protocols,
                several(2, this::range), several(2, this::range), words);
    }

    private PortRange range() {
        int first = random.nextInt(8);
        return new PortRange(first, random.nextInt(5) == 0 ? 65_535 : first + random.nextInt(3));
    }

    private <T> List<T> several(int most, java.util.function.Supplier<T> one) {
        List<T> all = new ArrayList<>();
        for (int i = random.nextInt(3) == 0 ? 0 : random.nextInt(most + 1); i > 0; i--)
            all.add(one.get());
        return all;
    }

    private byte[] packet() {
        String protocol = List.of("tcp", "udp", "icmp").get(random.nextInt(3));
        String data = random.nextBoolean() ? " data=000000000" + random.nextInt(2) : " len=" + random.nextInt(6);
        String ports = protocol.equals("icmp") ? "" : ":" + random.nextInt(9);
        if (random.nextBoolean())
            return PacketText.packet(protocol + " " + random.nextInt(256) + ".0.0.1" + ports + " > "
                    + random.nextInt(256) + ".0.0.1" + ports + data);
        return PacketText.packet(protocol + " [" + hex() + "::1]" + ports + " > [" + hex() + "::1]" + ports + data);
    }

    private String hex() {
        return Integer.toHexString(random.nextInt(256) << 8);
    }

    private static boolean meets(Rule rule, IpHeaders packet) {
        return inOne(rule.from(), packet.source) && inOne(rule.to(), packet.destination)
                && (rule.protocols().isEmpty() || rule.protocols().contains(packet.protocol))
                && inRange(rule.sourcePorts(), packet.sourcePort) && inRange(rule.ports(), packet.port)
                && rule.words().stream().allMatch(word -> packet.has(word) && packet.word(word) == word.value());
    }

    private static boolean inOne(List<Prefix> prefixes, Path address) {
        return prefixes.isEmpty() || prefixes.stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static boolean inRange(List<PortRange> ranges, int port) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.first() <= port && port <= range.last());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 63, 64, 65, 200})
    void findsTheRulesThatOneAfterAnotherWouldFind(int count) {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        random.setSeed(seed);
        int met = 0;
        for (int world = 0; world < 20; world++) {
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < count; i++)
                rules.add(rule(i));
            Classifier classifier = new Classifier(rules);
            IpHeaders packet = new IpHeaders();
            for (int i = 0; i < 300; i++) {
                byte[] bytes = packet();
                assertThat(packet.read(MemorySegment.ofArray(bytes), 0, bytes.length)).isTrue();
                List<Integer> found = new ArrayList<>();
                classifier.look(packet);
                for (int rule = classifier.next(0); rule >= 0; rule = classifier.next(rule + 1))
                    found.add(rule);
                List<Integer> wanted = new ArrayList<>();
                for (int rule = 0; rule < count; rule++) {
                    if (meets(rules.get(rule), packet))
                        wanted.add(rule);
                }
                assertThat(found)
                        .as("-Dschiltron.seed=%d %s %s", seed, rules, java.util.HexFormat.of().formatHex(bytes))
                        .isEqualTo(wanted);
                met += found.size();
            }
        }
        if (count > 3)
            assertThat(met).as("the worlds are such that rules are met").isGreaterThan(100);
    }
}
