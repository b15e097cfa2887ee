package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules become in nftables. That the kernel understands it so, system tests show. */
class NftScriptTest {
    private static final String TOP = "name = \"shop\"\nprotects = [\"192.0.2.0/24\", \"2001:db8:5::/48\"]\n";

    @TempDir
    Path directory;

    private RuleSet rules(String toml) throws Exception {
        return RulesFile.read(Files.writeString(directory.resolve("rules.toml"), TOP + toml));
    }

    private String script(String toml) throws Exception {
        return NftScript.of(rules(toml)).text();
    }

    private static List<String> chain(String script, String name) {
        List<String> lines = script.lines().map(String::strip).toList();
        int from = lines.indexOf("chain " + name + " {");
        assertThat(from).as("chain %s in\n%s", name, script).isPositive();
        return lines.subList(from + 1, from + lines.subList(from, lines.size()).indexOf("}"));
    }

    private static String many(int count, IntFunction<String> keys) {
        return IntStream.range(0, count).mapToObj(i -> "[[rule]]\n" + keys.apply(i) + "\n")
                .collect(Collectors.joining());
    }

    private static long lines(String script, String with) {
        return script.lines().filter(line -> line.contains(with)).count();
    }

    @Test
    void aWholeScriptIsReadByPeople() throws Exception {
        assertThat(script("""
                [[rule]]
                name = "bad"
                do = "drop"
                from = ["203.0.113.0/24", "203.0.112.0/24", "198.51.100.1", "2001:db8:bad::/48"]
                [[rule]]
                name = "dns"
                do = "allow"
                to = "192.0.2.53"
                protocol = "udp"
                port = 53
                """)).isEqualTo(
                """
                        # Rules of %s
                        # What is not for the addresses in protects4 and protects6 is none of this table's business.
                        # The first rule that decides ends a packet's way; accept ends it here alone: other tables may drop it still.
                        # The hook comes before fragments are put together (-400), and before connections are tracked (-200).
                        add table inet schiltron_shop
                        delete table inet schiltron_shop
                        table inet schiltron_shop {
                            counter malformed { }
                            counter fragment { }
                            counter filtered { }
                            counter rate_limited { }
                            counter not_allowed { }
                            counter time_exceeded { }
                            # "bad" (rules.toml:3)
                            counter rule_bad { }
                            # "dns" (rules.toml:7)
                            counter rule_dns { }
                            set protects4 {
                                type ipv4_addr; flags interval
                                elements = {
                                    192.0.2.0/24,
                                }
                            }
                            set protects6 {
                                type ipv6_addr; flags interval
                                elements = {
                                    2001:db8:5::/48,
                                }
                            }
                            chain malformed {
                                counter name "malformed" drop
                            }
                            chain fragment {
                                counter name "fragment" drop
                            }
                            chain filtered {
                                counter name "filtered" drop
                            }
                            chain rate_limited {
                                counter name "rate_limited" drop
                            }
                            chain not_allowed {
                                counter name "not_allowed" drop
                            }
                            chain time_exceeded {
                                counter name "time_exceeded" drop
                            }
                            chain tcp_header {
                                tcp doff >= 5 @th,152,8 0-255 return
                                goto malformed
                            }
                            chain udp_header {
                                @th,56,8 0-255 return
                                goto malformed
                            }
                            # "bad" (rules.toml:3)
                            set rule_bad_from4 {
                                type ipv4_addr; flags interval
                                elements = {
                                    198.51.100.1,
                                    203.0.112.0/23,
                                }
                            }
                            chain ring {
                                ip frag-off & 0x3fff != 0 goto fragment
                                exthdr frag exists goto fragment
                                meta l4proto tcp jump tcp_header
                                meta l4proto udp jump udp_header
                                # "bad" (rules.toml:3)
                                ip saddr @rule_bad_from4 counter name "rule_bad" goto filtered
                                ip6 saddr 2001:db8:bad::/48 counter name "rule_bad" goto filtered
                                # "dns" (rules.toml:7)
                                ip daddr 192.0.2.53 meta l4proto udp th dport 53 counter name "rule_dns" accept
                                goto not_allowed
                            }
                            chain prerouting {
                                type filter hook prerouting priority -450; policy accept;
                                ip daddr @protects4 goto ring
                                ip6 daddr @protects6 goto ring
                            }
                        }
                        """
                        .formatted(directory.resolve("rules.toml")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "do = \"allow\" | counter name \"rule_r\" accept",
            "do = \"drop\"\\nport = [80, \"81-90\", 7] | meta l4proto { tcp, udp } th dport { 7, 80-90 } counter name \"rule_r\" goto filtered",
            "do = \"drop\"\\nprotocol = [\"icmp\", 47] | meta l4proto { 1, 47 } counter name \"rule_r\" goto filtered",
            "do = \"drop\"\\nprotocol = \"tcp\"\\nsource-port = \"0-65535\" | meta l4proto tcp th sport 0-65535 counter name \"rule_r\" goto filtered",
            "do = \"allow\"\\nprotocol = \"udp\"\\nword = [{ at = 4, value = \"0x1\" }] | meta l4proto udp @th,96,32 0x00000001 counter name \"rule_r\" accept",
            "do = \"allow\"\\nprotocol = \"tcp\"\\nword = [{ at = 4, value = \"0x1\", mask = \"0xff\" }] | meta l4proto tcp @ih,32,32 & 0x000000ff == 0x00000001 counter name \"rule_r\" accept",
            "do = \"allow\"\\nword = [{ in = \"network\", at = 124, value = \"0x1\" }, { in = \"transport\", at = 0, value = \"0xFFFFFFFF\" }] | @nh,992,32 0x00000001 @th,0,32 0xffffffff counter name \"rule_r\" accept",
            "do = \"limit\"\\npackets = 10 | counter name \"rule_r\" limit name \"rule_r_10p_5\" goto rate_limited",
            "do = \"limit\"\\nrate = \"80kbit\"\\nburst = \"15kB\" | counter name \"rule_r\" limit name \"rule_r_10000b_5000\" goto rate_limited",
            "do = \"allow\"\\nfrom = \"::/0\" | ip6 saddr ::/0 counter name \"rule_r\" accept",
            "do = \"allow\"\\nfrom = \"1.2.3.4\"\\nto = \"2001:db8:5::1\" | ~~",
            "do = \"allow\"\\nfrom = [\"1.2.3.4\", \"1.2.3.5\", \"1.2.3.6\"] | ip saddr 1.2.3.4-1.2.3.6 counter name \"rule_r\" accept"})
    void aConditionBecomesALine(String keys, String lines) throws Exception {
        List<String> ring = chain(script("[[rule]]\nname = \"r\"\n" + keys.replace("\\n", "\n")), "ring");
        assertThat(ring.subList(5, ring.size() - 1)).isEqualTo(lines.replace("\\n", "\n").lines().toList());
    }

    @Test
    void aLimitPerSourceRemembersEachUntilItsBucketIsFull() throws Exception {
        String script = script(
                "[[rule]]\nname = \"r\"\ndo = \"limit\"\npackets = 10\nburst = 95\nper = \"source\"\nprotocol = \"udp\"");
        assertThat(chain(script, "ring")).contains(
                "meta nfproto ipv4 meta l4proto udp counter name \"rule_r\" update @rule_r_10p_95_sources4 { ip saddr limit rate over 10/second burst 95 packets } goto rate_limited",
                "meta nfproto ipv6 meta l4proto udp counter name \"rule_r\" update @rule_r_10p_95_sources6 { ip6 saddr limit rate over 10/second burst 95 packets } goto rate_limited");
        assertThat(script).contains("type ipv4_addr; size 65536; flags dynamic,timeout; timeout 11s");
    }

    @Test
    void laterFragmentsMeetNoRuleThatLooksBehindTheIpHeader() throws Exception {
        String script = NftScript.of(RulesFile.read(Files.writeString(directory.resolve("rules.toml"), TOP
                + "fragments = \"judge\"\n"
                + "[[rule]]\nname = \"port\"\ndo = \"allow\"\nport = 53\n[[rule]]\nname = \"all\"\ndo = \"allow\"\nprotocol = \"udp\"")))
                .text();
        assertThat(chain(script, "ring"))
                .contains("jump rule_port", "meta l4proto udp counter name \"rule_all\" accept")
                .doesNotContain("exthdr frag exists goto fragment");
        for (String chain : List.of("rule_port", "tcp_header", "udp_header"))
            assertThat(chain(script, chain)).contains("ip frag-off & 0x1fff != 0 return", "frag frag-off != 0 return");
    }

    @Test
    void namesAreNoWayIntoTheScript() throws Exception {
        String script = script(
                "[[rule]]\nname = \"x; } drop # /*\"\ndo = \"allow\"\n[[rule]]\nname = \"x. } drop # /*\"\ndo = \"allow\"\n"
                        + "[[rule]]\nname = \"" + "~".repeat(64)
                        + "\"\ndo = \"allow\"\nfrom = [\"1.0.0.0\", \"2.0.0.0\"]");
        assertThat(script.lines().filter(line -> !line.strip().startsWith("#")))
                .noneMatch(line -> line.contains("drop #") || line.contains("~"));
        assertThat(script).contains("counter rule_x/3b./7d.drop./23./2f/2a { }",
                "counter rule_x/2e./7d.drop./23./2f/2a { }");
        assertThat(script.lines().filter(line -> line.contains(" set rule_")))
                .allMatch(line -> line.strip().length() < 255);
        RuleSet odd = rules("");
        assertThat(NftScript.of(new RuleSet("a\ndrop\r", odd.name(), odd.protects(), true, false, Hiding.NOTHING,
                List.of())).text())
                .startsWith("# Rules of a?drop?\n");
    }

    @Test
    void whatCannotBeEnforcedIsSaidWithItsReason() throws Exception {
        RuleSet rules = rules(
                "[[rule]]\ndo = \"requested\"\n[[rule]]\ndo = \"limit\"\nrate = \"145Gbit\"\n[[rule]]\ndo = \"limit\"\nrate = \"143Gbit\"\n"
                        + "[[rule]]\ndo = \"limit\"\npackets = 1000000000\nburst = 2147483648");
        assertThat(NftScript.check(rules)).extracting(refusal -> refusal.rule().name()).containsExactly("rule 1",
                "rule 2");
        assertThat(NftScript.check(rules).getFirst().text(rules)).endsWith(
                "rules.toml:3: rule \"rule 1\": nftables has no memory of what was requested");
        assertThatThrownBy(() -> NftScript.of(rules)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rule 1");
    }

    @Test
    void rulesOneAfterAnotherThatNameAddressesAreLookedUpOnce() throws Exception {
        String script = script(many(100,
                i -> "name = \"" + i + "\"\ndo = \"" + (i % 2 == 0 ? "drop" : "allow") + "\"\nfrom = \"10.0." + i
                        + ".0/24\""
                        + (i == 50 ? "\nport = 53" : ""))
                + "[[rule]]\nname = \"all\"\ndo = \"drop\"\nfrom = [\"10.0.50.0/23\", \"9.0.0.0/8\"]");
        assertThat(chain(script, "ring")).contains("ip saddr vmap @rule_0_from4")
                .noneMatch(line -> line.contains("rule_7"));
        assertThat(script).contains("10.0.7.0/24 : jump rule_7,", "9.0.0.0/8 : jump rule_all,");
        assertThat(chain(script, "rule_7")).containsExactly("counter name \"rule_7\" accept");
        // Of the two rules about 10.0.50.0/24 the first is about one port, so the second is asked too; 10.0.51.0/24 is decided.
        String both = script.lines().filter(line -> line.contains("10.0.50.0/24 : jump ")).findFirst().orElseThrow();
        assertThat(chain(script, both.strip().replaceAll(".* jump (.*),", "$1"))).containsExactly("jump rule_50",
                "jump rule_all");
        assertThat(script).contains("10.0.51.0/24 : jump rule_51,");
    }

    /** The kernel searches sets one after another, so that their number decides how long ten thousand rules take. */
    @ParameterizedTest
    @ValueSource(strings = {"from = [\"10.HIGH.LOW.0/25\", \"11.HIGH.LOW.0/25\"]\nport = [80, 443]",
            "port = [NUMBER, 6LOW, 5LOW]",
            "from = \"10.HIGH.LOW.0/24\"\nto = [\"192.0.2.1\", \"192.0.2.3\", \"2001:db8:5::LOW\"]\nprotocol = [\"udp\", 47]",
            "to = \"192.0.2.LOW\"\nfrom = \"10.HIGH.0.0/16\"\nport = NUMBER"})
    void tenThousandRulesNeedFewSets(String keys) throws Exception {
        String script = script(many(10_000, i -> "do = \"drop\"\n" + keys.replace("HIGH", Integer.toString(i >> 8))
                .replace("LOW", Integer.toString(i & 255)).replace("NUMBER", Integer.toString(i))));
        assertThat(lines(script, "    set ") + lines(script, "    map ") + lines(script, "{ tcp")).isLessThan(100);
        assertThat(script.length()).isLessThan(8_000_000);
    }

    /** Rules that hide each other everywhere: the worst there is for chains of combinations. */
    @Test
    void rulesThatOverlapMuchDoNotMultiply() throws Exception {
        String nested = script(many(2_000,
                i -> "do = \"drop\"\nfrom = \""
                        + (i % 2 == 0 ? "10.0.0.0/" + (8 + i % 9) : "10." + (i >> 8) + "." + (i & 255) + ".0/24")
                        + "\"\nprotocol = \"tcp\"\nport = " + i));
        assertThat(lines(nested, "jump ")).isLessThan(40_000);
        assertThat(lines(nested, "    map ")).isLessThan(800);
    }
}
