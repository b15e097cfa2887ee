package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            -                       | 2 | schiltron: which command? one of
            protekt                 | 2 | schiltron: Unmatched argument at index 0: 'protekt'
            --colour                | 2 | schiltron: Unknown option: '--colour'
            key                     | 2 | schiltron key: which one? new, show, delegate or succeed
            key new                 | 2 | schiltron key new: Missing required parameter: 'FILE'
            token                   | 2 | schiltron token: which one? issue, show or revoke
            key show none.key       | 5 | schiltron key show: none.key: cannot be read: there is no such file
            key new /nonexistent/k  | 5 | schiltron key new: /nonexistent/k: cannot be written: there is no such file
            mailbox --listen 127.0.0.1:99999    | 2 | schiltron mailbox: --listen: "99999" is not a port (0-65535)
            mailbox --listen 192.0.2.1:4500     | 4 | schiltron mailbox: not an address of this host: 192.0.2.1:4500
            mailbox --metrics 192.0.2.1:1       | 4 | schiltron mailbox: metrics 192.0.2.1:1:
            mailbox --metrics none              | 2 | schiltron mailbox: --metrics: "none" has no port
            mailbox --set tune.store-msx=4      | 2 | schiltron mailbox: --set tune.store-msx: no such setting; did you mean tune.store-ms?
            mailbox --set tune.udp-driver=fast --listen 127.0.0.1:0 | 2 | schiltron mailbox: --set tune.udp-driver: "fast" is not one of
            mailbox --set rare.prefix-share-percent=1 | 2 | schiltron mailbox: --set rare.prefix-share-percent: 1 is less than rare.address-share-percent, 25
            mailbox --listen 127.0.0.1:0 --announce --metrics off | 2 | schiltron mailbox: --announce: a descriptor is signed
            record                  | 2 | schiltron record: which one? sign, show, publish or resolve
            record show none.record | 5 | schiltron record show: none.record: cannot be read
            record show pom.xml     | 5 | schiltron record show: pom.xml:
            record show pom.xml --service x | 5 | schiltron record show: pom.xml:
            record sign --key none.key --expires 1d --out x --contact a:1 | 5 | schiltron record sign: none.key: cannot be read
            record sign --key none.key --expires 1 --out x | 2 | schiltron record sign: --expires: "1" is not a time
            record publish none.record --dns a.b | 5 | schiltron record publish: none.record: cannot be read
            record publish none.record | 2 | schiltron record publish: Error: Missing required argument
            record resolve x        | 2 | schiltron record resolve: not a link: "x" begins with neither
            record resolve a.b --name-server x | 2 | schiltron record resolve: --name-server: "x" has no port
            mailbox -c none.toml                | 5 | schiltron mailbox: none.toml: cannot be read: there is no such file
            ring --listen 0.0.0.0:0             | 2 | schiltron ring: whose packets? give --customer KEY
            ring --listen 127.0.0.1:0 --customer abc | 2 | schiltron ring: --customer:
            ring --listen 127.0.0.1:0 --key none.key | 5 | schiltron ring: none.key: cannot be read: there is no such file
            protect                             | 2 | schiltron protect: protect what?
            protect 127.0.0.1                   | 2 | schiltron protect: --backend: "127.0.0.1":
            protect 127.0.0.1:1 --ring 127.0.0.1:2 | 2 | schiltron protect: ring nodes without mailboxes
            protect 127.0.0.1:1 --ring x@127.0.0.1:2 | 2 | schiltron protect: --ring:
            protect 127.0.0.1:1 --upstream maybe | 2 | schiltron protect: --upstream: "maybe" is not one of
            protect 127.0.0.1:1 --key none.key  | 5 | schiltron protect: none.key: cannot be read
            protect --print-rules nftables      | 2 | schiltron protect: rules for which ring nodes?
            protect --print-rules access-list   | 2 | schiltron protect: rules for which ring nodes?
            protect --print-rules pf            | 2 | schiltron protect: Invalid value for option '--print-rules'
            protect 127.0.0.1:1 --mailbox 127.0.0.1:9 --set rare.start-seconds=1 | 3 | schiltron protect: the swarm is not reached after 1 s
            connect                             | 2 | schiltron connect: to what? give the link
            connect http://example.org --listen 127.0.0.1:0 | 2 | schiltron connect: --link: not a link
            connect schiltron:abc@127.0.0.1:9 --listen 127.0.0.1:0 | 2 | schiltron connect: --link: the link's key:
            connect schiltron:4ztzlb7lq3vvarnpypikgx6bxgw7rcfuxjpagclpn2oumhivtfon765t@127.0.0.1:9 | 2 | schiltron connect: where shall the service appear?
            ban                                 | 2 | schiltron ban: Error: Missing required argument
            ban abc                             | 2 | schiltron ban: a client id has 16 characters, this has 3
            ban --remove abc                    | 2 | schiltron ban: a client id has 16 characters, this has 3
            ban 4ztzlb7lq3vvarnp --limit sessions   | 2 | schiltron ban: limit "sessions": expected sessions=N, streams=N or
            ban 4ztzlb7lq3vvarnp --limit colours=1  | 2 | schiltron ban: limit "colours=1": expected
            ban 4ztzlb7lq3vvarnp --limit streams=0  | 2 | schiltron ban: streams: 0 is not in 1 to 1000000
            ban --list --limit streams=1            | 2 | schiltron ban: --limit is for one client
            ban a --list                        | 2 | schiltron ban: Error:
            edge --listen 127.0.0.1:0           | 2 | schiltron edge: which service? give --to HOST:PORT, or --services FILE
            edge --to 127.0.0.1:80              | 2 | schiltron edge: no address where clients come in: give listen or udp
            edge --listen 127.0.0.1:0 --to 127.0.0.1:80 --verify gopher | 2 | schiltron edge: "gopher" is not one of http, tls, quic, dns, sip
            edge --listen 127.0.0.1:0 --to 127.0.0.1:80 --verify quic   | 2 | schiltron edge: verify quic is for udp
            edge --listen 127.0.0.1:0 --to 127.0.0.1:80 --certificate x.pem | 2 | schiltron edge: --certificate: --certificate and --certificate-key go together
            edge --listen 127.0.0.1:0 --to 127.0.0.1:80 --auth mtls     | 2 | schiltron edge: --auth: "mtls" is not one of none, token, puzzle
            edge --services none.toml           | 5 | schiltron edge: none.toml: cannot be read: there is no such file
            demo --backend 127.0.0.1:1          | 1 | schiltron demo: --backend 127.0.0.1:1: Connection refused: is an HTTP service
            sim                     | 2 | schiltron sim: which one? run, internet, overlays, sessions, papers or size
            sim papers              | 2 | schiltron sim papers: Missing required option: '--out=DIR'
            sim papers --ases 200 --out pom.xml | 5 | schiltron sim papers: --out pom.xml: cannot be written
            sim run                 | 2 | schiltron sim run: Missing required parameter: 'FILE'
            sim run none.toml       | 5 | schiltron sim run: none.toml: cannot be read: there is no such file
            sim run pom.xml         | 5 | schiltron sim run: pom.xml:1:
            sim run ../docs/scenarios/flood.toml --pcap transit2=x | 2 | schiltron sim run: --pcap transit2: there is no link transit2; did you mean transit?
            sim run ../docs/scenarios/flood.toml --pcap transit=pom.xml/x | 5 | schiltron sim run: --pcap pom.xml/x: cannot be written
            sim run ../docs/scenarios/flood.toml --seed 1 --replay 2 | 2 | schiltron sim run: --seed and --replay are the same: give one of them
            sim run ../docs/scenarios/flood.toml --seed x | 2 | schiltron sim run: Invalid value for option '--seed'
            sim internet --bots -1  | 2 | schiltron sim internet: --bots -1: from 0 to 1000000000
            sim internet --ases 5   | 2 | schiltron sim internet: --ases 5: from 100 to 500000
            sim internet --mailboxes 0 | 2 | schiltron sim internet: --mailboxes 0: from 1 to 1000000
            sim size --attack 50GBps | 2 | schiltron sim size: Invalid value for option '--attack': a rate looks like 50Gbps or 200Mbit/s, not like "50GBps"
            sim internet --rings x  | 2 | schiltron sim internet: Invalid value for option '--rings': 'x' is not
            sim internet --figure 9 | 2 | schiltron sim internet: Invalid value for option '--figure': expected one of
            sim internet --ases 200 --server 5000 | 2 | schiltron sim internet: --server 5000: not in the graph
            sim internet --as-rel none.txt | 5 | schiltron sim internet: none.txt: there is no such file
            sim internet --as-rel pom.xml | 5 | schiltron sim internet: pom.xml:1: "<?xml version=
            sim internet --ases 200 --hosting pom.xml | 5 | schiltron sim internet: pom.xml:
            sim internet --ases 200 --mailboxes 3 --bots 9 --out pom.xml | 5 | schiltron sim internet: --out pom.xml: cannot be written
            sim overlays            | 2 | schiltron sim overlays: Missing required option: '--figure=NAME'
            sim overlays --figure x | 2 | schiltron sim overlays: Invalid value for option '--figure': expected one of
            sim overlays --figure sos --nodes 2 | 2 | schiltron sim overlays: --nodes 2: from 3 to 100000
            sim overlays --figure sos --nodes 90 --per-role 10,31 | 2 | schiltron sim overlays: --per-role 31: from 1 to 30
            sim overlays --figure sos --per-role 1,2,3,4,5,6,7 | 2 | schiltron sim overlays: --per-role: number of values 7: from 1 to 6
            sim overlays --figure sos --attacked 5,10001 | 2 | schiltron sim overlays: --attacked 10001: from 0 to 10000
            sim overlays --figure sos --attacked -1 | 2 | schiltron sim overlays: --attacked -1: from 0 to 10000
            sim overlays --figure sos --trials 0 | 2 | schiltron sim overlays: --trials 0: from 1 to 1000000
            sim overlays --figure flooding --keys 1 | 2 | schiltron sim overlays: --keys 1: from 2 to 1073741824
            sim overlays --figure flooding --keys x | 2 | schiltron sim overlays: Invalid value for option '--keys'
            sim overlays --figure flooding --noise 0.5 | 2 | schiltron sim overlays: --noise 0.5: from 0 to 0.4
            sim overlays --figure flooding --noise NaN | 2 | schiltron sim overlays: --noise NaN: from 0 to 0.4
            lab                     | 2 | schiltron lab: which one? up, exec, attack, rules or down
            lab exec                | 2 | schiltron lab exec: Missing required parameters
            lab up                  | 2 | schiltron lab up: Missing required parameter: 'FILE'
            lab up pom.xml          | 5 | schiltron lab up: pom.xml:1:
            lab attack --from a --target b --rate 1Mbit | 2 | schiltron lab attack: Missing required option: '--for=TIME'
            lab attack --from a --target b --rate 1MB --for 1s | 2 | schiltron lab attack: Invalid value for option '--rate'
            lab attack --from a --target b --rate 1Mbit --for 1s --kind x | 2 | schiltron lab attack: Invalid value for option '--kind'
            lab attack --from a --target b --rate 1Mbit --for 11m | 2 | schiltron lab attack: duration in ms: 660000 is out of range
            lab attack --from a --target b --rate 2Gbit --for 1s | 2 | schiltron lab attack: rate in bytes a second: 250000000 is out of range
            lab attack --from a --target b --rate 1Mbit --for 1s --port 0 | 2 | schiltron lab attack: port: 0 is out of range
            lab attack --from a --target b --rate 1Mbit --for 1s --payload 1401 | 2 | schiltron lab attack: payload: 1401 is out of range
            sim overlays --figure scans --json --markdown | 2 | schiltron sim overlays: --json or --markdown, not both
            sim overlays --figure scans --out pom.xml | 5 | schiltron sim overlays: --out pom.xml: cannot be written
            sim sessions            | 2 | schiltron sim sessions: Missing required option: '--figure=NAME'
            sim sessions --figure fig6 | 2 | schiltron sim sessions: Invalid value for option '--figure': expected one of
            sim sessions --figure fig3 --pairs 0 | 2 | schiltron sim sessions: --pairs 0: from 1 to 100000
            sim sessions --figure fig4 --loss 0.2 | 2 | schiltron sim sessions: --loss 0.2: from 0 to 0.1
            sim sessions --figure fig4 --loss NaN | 2 | schiltron sim sessions: --loss NaN: from 0 to 0.1
            sim sessions --figure fig5 --rtt none.txt | 5 | schiltron sim sessions: none.txt: there is no such file
            sim sessions --figure fig5 --rtt pom.xml | 5 | schiltron sim sessions: pom.xml:1: 3 round trips in a row
            status --jason          | 2 | schiltron status: Unknown option: '--jason'
            """)
    void wrongUseIsOneLineAndItsCode(String line, int exit, String message) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] args = line == null ? new String[0] : line.split(" ");
        int code = Schiltron.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        assertThat(err.toString()).startsWith(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        assertThat(code).isEqualTo(exit);
    }

    /** Each is opened before what is wrong with the rest is found. */
    @ParameterizedTest
    @CsvSource({"0.0.0.0:0,true", "127.0.0.1:0,false", "off,false"})
    void metricsForEveryoneAreWarnedOf(String metrics, boolean warned) {
        StringWriter out = new StringWriter();
        PrintWriter err = new PrintWriter(new StringWriter(), true);
        int code = Schiltron.run(new PrintWriter(out, true), err, "protect", "127.0.0.1:1", "--upstream", "maybe",
                "--metrics", metrics);
        assertThat(code).isEqualTo(Exit.USAGE.code());
        assertThat(out.toString().startsWith("warning: whoever reaches 0.0.0.0:")).isEqualTo(warned);
        assertThat(out.toString()).hasLineCount(warned ? 1 : 0);
    }

    static List<List<String>> commands() {
        CommandLine root = Schiltron.commandLine();
        return root.getSubcommands().entrySet().stream()
                .flatMap(e -> e.getValue().getSubcommands().isEmpty()
                        ? List.of(List.of(e.getKey())).stream()
                        : e.getValue().getSubcommands().keySet().stream().map(sub -> List.of(e.getKey(), sub)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHelpsWithExamplesAndExitCodes(List<String> command) {
        StringWriter out = new StringWriter();
        String[] args = java.util.stream.Stream.concat(command.stream(), java.util.stream.Stream.of("--help"))
                .toArray(String[]::new);
        int code = Schiltron.run(new PrintWriter(out, true), new PrintWriter(new StringWriter(), true), args);
        assertThat(code).isZero();
        assertThat(out.toString()).contains("Examples:", "Exit codes:")
                .containsPattern(Pattern.quote("  schiltron " + String.join(" ", command)));
    }
}
