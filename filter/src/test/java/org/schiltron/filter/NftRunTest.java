package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.schiltron.filter.NftConditions.Field;

/** Rows of addresses, against prefixes that are tried one after another. */
class NftRunTest {
    private final Random random = new Random();

    private Prefix prefix() {
        int bits = random.nextInt(12);
        long value = random.nextInt(1 << bits);
        return random.nextBoolean()
                ? new Prefix(0, 0xffffL << 32 | value << (32 - bits), 96 + bits)
                : new Prefix(bits == 0 ? 0 : value << (64 - bits), 0, bits);
    }

    private List<Prefix> prefixes(int most) {
        List<Prefix> all = new ArrayList<>();
        for (int i = random.nextInt(most); i >= 0; i--)
            all.add(prefix());
        return all;
    }

    private static boolean holds(Span span, long high, long low) {
        return Span.compare(span.firstHigh(), span.firstLow(), high, low) <= 0
                && Span.compare(high, low, span.lastHigh(), span.lastLow()) <= 0;
    }

    @RepeatedTest(20)
    void anAddressLeadsToTheRulesThatNameIt() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        random.setSeed(seed);
        List<Rule> rules = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rules.add(new Rule("r" + i, i,
                    random.nextInt(3) == 0 ? new Action.Drop() : new Action.Limit(1, 1, true, false),
                    prefixes(4), List.of(), random.nextBoolean() ? List.of() : List.of(6), List.of(), List.of(),
                    List.of()));
            names.add("r" + i);
        }
        NftRun run = java.util.Objects.requireNonNull(NftRun.of(rules, names, Field.FROM));
        for (int i = 0; i < 500; i++) {
            boolean ipv4 = random.nextBoolean();
            long high = ipv4 ? 0 : (long) random.nextInt(4_096) << 52 | (random.nextBoolean() ? 0 : -1L >>> 12);
            long low = ipv4 ? 0xffffL << 32 | (long) random.nextInt(4_096) << 20 : random.nextLong();
            List<String> wanted = new ArrayList<>();
            for (int rule = 0; rule < rules.size(); rule++) {
                if (rules.get(rule).from().stream()
                        .noneMatch(prefix -> prefix.contains(new org.schiltron.machine.Path(0, high, low, 0))))
                    continue;
                wanted.add(names.get(rule));
                if (rules.get(rule).decides() && rules.get(rule).protocols().isEmpty())
                    break;
            }
            List<NftTable.Entry> found = run.entries(ipv4).stream().filter(entry -> holds(entry.span(), high, low))
                    .toList();
            assertThat(found).as("-Dschiltron.seed=%d", seed).hasSizeLessThan(2);
            List<String> chains = found.isEmpty()
                    ? List.of()
                    : run.overlaps().getOrDefault(found.getFirst().chain(), List.of(found.getFirst().chain()));
            assertThat(chains).as("-Dschiltron.seed=%d %x %x", seed, high, low).isEqualTo(wanted);
        }
    }

    @Test
    void spansAreMergedAndWrittenAsPrefixesWhereTheyAre() {
        assertThat(
                texts(true, "1.2.3.4", "1.2.3.5", "1.2.3.6", "9.0.0.0/8", "9.1.0.0/16", "255.255.255.255", "0.0.0.0"))
                .containsExactly("0.0.0.0", "1.2.3.4-1.2.3.6", "9.0.0.0/8", "255.255.255.255");
        assertThat(texts(false, "2001:db8::/32", "2001:db9::/32", "ffff::/16", "::/128", "2001:dba::", "9.0.0.0/8"))
                .containsExactly("::", "2001:db8::-2001:dba::", "ffff::/16");
        assertThat(texts(true, "::/0")).isEmpty();
        assertThat(texts(true, "::/96")).isEmpty();
        assertThat(texts(false, "::/0", "2001:db8::/32")).containsExactly("::/0");
        assertThat(texts(false, "::fffe:0:0/95", "::1:0:0:0/128")).containsExactly("::fffe:0:0-::1:0:0:0");
        assertThat(texts(false, "0.0.0.0/0")).isEmpty();
    }

    private static List<String> texts(boolean ipv4, String... prefixes) {
        List<Prefix> all = new ArrayList<>();
        for (String prefix : prefixes)
            all.add(Prefix.parse(prefix));
        return Span.of(all, ipv4).stream().map(span -> span.text(ipv4)).toList();
    }
}
