package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nftables is told when rules change. */
class NftChangeTest {
    private static final String TOP = "name = \"shop\"\nprotects = [\"192.0.2.0/24\"]\n";
    private static final String BAD = "[[rule]]\nname = \"bad\"\ndo = \"drop\"\nfrom = [\"1.2.3.4\", \"9.0.0.0/8\"]\n";
    private static final String WEB = "[[rule]]\nname = \"web\"\ndo = \"allow\"\nprotocol = \"tcp\"\nport = 80\n";

    @TempDir
    Path directory;

    private RuleSet rules(String toml) throws Exception {
        return RulesFile.read(Files.writeString(directory.resolve("rules.toml"), toml));
    }

    private String change(String before, String after) throws Exception {
        NftScript now = NftScript.of(rules(TOP + before));
        return NftChange.between(now, now.next(rules(TOP + after)));
    }

    @Test
    void nothingIsSaidWhereNothingChanges() throws Exception {
        assertThat(change(BAD + WEB, "# a comment, which moves the rules\n\n" + BAD + WEB)).isEmpty();
        assertThat(change(BAD, BAD.replace("\"1.2.3.4\"", "\"1.2.3.4\", \"9.9.9.9\""))).as("it lies in 9.0.0.0/8")
                .isEmpty();
    }

    @Test
    void aListChangesAlone() throws Exception {
        assertThat(change(BAD + WEB, BAD.replace("1.2.3.4", "1.2.3.5") + WEB)).isEqualTo("""
                flush set inet schiltron_shop rule_bad_from4
                table inet schiltron_shop {
                    # "bad" (rules.toml:3)
                    set rule_bad_from4 {
                        type ipv4_addr; flags interval
                        elements = {
                            1.2.3.5,
                            9.0.0.0/8,
                        }
                    }
                }
                """);
    }

    @Test
    void aRuleComesAndAnotherGoes() throws Exception {
        assertThat(change(BAD + WEB, WEB + "[[rule]]\nname = \"few\"\ndo = \"limit\"\npackets = 10\n")).isEqualTo("""
                flush chain inet schiltron_shop ring
                flush set inet schiltron_shop rule_bad_from4
                delete set inet schiltron_shop rule_bad_from4
                delete counter inet schiltron_shop rule_bad
                table inet schiltron_shop {
                    # "few" (rules.toml:8)
                    counter rule_few { }
                    # "few" (rules.toml:8)
                    limit rule_few_10p_5 {
                        rate over 10/second burst 5 packets
                    }
                    chain ring {
                        ip frag-off & 0x3fff != 0 goto fragment
                        exthdr frag exists goto fragment
                        meta l4proto tcp jump tcp_header
                        meta l4proto udp jump udp_header
                        # "web" (rules.toml:3)
                        meta l4proto tcp th dport 80 counter name "rule_web" accept
                        # "few" (rules.toml:8)
                        counter name "rule_few" limit name "rule_few_10p_5" goto rate_limited
                        goto not_allowed
                    }
                }
                """);
    }

    @Test
    void anotherLimitIsAnotherBucketAndTheSameOneStays() throws Exception {
        String few = "[[rule]]\nname = \"few\"\ndo = \"limit\"\npackets = 10\n";
        assertThat(change(few, few.replace("10", "11"))).contains("delete limit inet schiltron_shop rule_few_10p_5\n",
                "limit rule_few_11p_5 {").doesNotContain("counter rule_few {");
        assertThat(change(few, few + "port = 53\n")).doesNotContain("delete", "limit rule_few_10p_5 {");
    }

    /** A rule without a name is known by what it says, wherever it stands. */
    @Test
    void rulesWithoutNamesMoveUp() throws Exception {
        String web = "[[rule]]\ndo = \"allow\"\nprotocol = \"tcp\"\nport = 80\n";
        String dns = "[[rule]]\ndo = \"allow\"\nprotocol = \"udp\"\nport = 53\n";
        String change = change(web + dns + dns, dns + dns);
        assertThat(change).contains("delete counter").doesNotContain("counter unnamed_7", " { }");
        assertThat(change.lines().filter(line -> line.startsWith("delete"))).hasSize(1);
    }

    /** One rule of very many concerns its neighbours at most. */
    @Test
    void oneRuleOfTenThousandIsAShortChange() throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++)
            all.add("[[rule]]\ndo = \"drop\"\n"
                    + (i < 5_000 ? "from = \"10." + (i >> 8) + "." + (i & 255) + ".0/24\"\n" : "port = " + i + "\n"));
        NftScript now = NftScript.of(rules(TOP + String.join("", all)));
        for (int at : new int[]{0, 1, 2_500, 4_999, 5_000, 7_777, 9_999}) {
            List<String> other = new ArrayList<>(all);
            other.remove(at);
            String shorter = NftChange.between(now, now.next(rules(TOP + String.join("", other))));
            assertThat(shorter.lines().count()).as("without rule %d", at).isBetween(5L, 9_000L);
            other.add(at, "[[rule]]\ndo = \"allow\"\nfrom = \"11.0.0.0/24\"\n");
            String longer = NftChange.between(now, now.next(rules(TOP + String.join("", other))));
            assertThat(longer.lines().count()).as("another rule %d", at).isBetween(5L, 9_000L);
        }
    }

    @Test
    void aPrefixMoreInALargeListConcernsOneShard() throws Exception {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
            list.append("11.").append(i >> 14).append('.').append(i >> 6 & 255).append('.').append(i << 2 & 255)
                    .append('\n');
        Files.writeString(directory.resolve("list.txt"), list);
        String rule = "[[rule]]\ndo = \"drop\"\nfrom-file = \"list.txt\"\nname = \"list\"\n";
        NftScript now = NftScript.of(rules(TOP + rule));
        Files.writeString(directory.resolve("list.txt"), list.append("11.2.3.5\n"));
        String change = NftChange.between(now, now.next(rules(TOP + rule)));
        assertThat(change).contains("11.2.3.4/31,");
        assertThat(change.lines().filter(line -> line.startsWith("flush"))).hasSizeBetween(1, 2);
        assertThat(change.lines().count()).isLessThan(40_000);
    }

    @Test
    void anotherTableIsNoChange() throws Exception {
        NftScript now = NftScript.of(rules(TOP));
        NftScript other = NftScript.of(rules(TOP.replace("shop", "bank")));
        assertThatThrownBy(() -> NftChange.between(now, other))
                .hasMessageContaining("schiltron_shop is not schiltron_bank");
    }

    @Test
    void anErrorsLineLeadsToItsRule() throws Exception {
        String text = NftScript.of(rules(TOP + BAD + WEB)).text();
        List<String> lines = text.lines().toList();
        assertThat(NftScript.subject(text, 1 + lines.indexOf("            9.0.0.0/8,")))
                .isEqualTo("\"bad\" (rules.toml:3)");
        assertThat(NftScript.subject(text,
                1 + lines.indexOf("        meta l4proto tcp th dport 80 counter name \"rule_web\" accept")))
                .isEqualTo("\"web\" (rules.toml:7)");
        assertThat(NftScript.subject(text, 1 + lines.indexOf("        ip daddr @protects4 goto ring"))).isEmpty();
        assertThat(NftScript.subject(text, 1)).isEmpty();
        assertThat(NftScript.subject(text, 1_000_000)).isEmpty();
    }
}
