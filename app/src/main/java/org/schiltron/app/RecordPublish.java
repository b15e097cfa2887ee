package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.SwarmList;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron record publish}. */
@Command(name = "publish", description = "Says what to put where, so that clients find the record.", footer = {"",
        "--dns prints the lines of a zone file. --web DIR writes the record and its swarm list where a web server has its",
        "files; DIR/.well-known/schiltron is what connect https://NAME looks at. Either may be anyone's server: what they",
        "hand out is signed. They can be flooded, though: use those that are large already, and more than one.", "",
        "--dht puts what record sign --dht has signed into the BitTorrent DHT, where schiltron:KEY alone finds it. Nodes there",
        "forget it after two hours: --keep puts it again until stopped, and reads RECORD again each time. No key is needed,",
        "so do it on any machine but the service's, whose address the DHT would learn.", "",
        "Examples:", "  schiltron record publish shop.record --dns shop.example >> shop.example.zone",
        "  schiltron record publish shop.record --web /var/www/html",
        "  schiltron record publish shop.record --dht --keep"})
final class RecordPublish implements Callable<Integer> {
    /** Of one string of a TXT record (RFC 1035, section 3.3.14). */
    private static final int STRING = 255;
    private static final long MIN_EVERY_SECONDS = 60;
    private static final long MAX_EVERY_SECONDS = 7_200;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RECORD", description = "a file made by record sign")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Where where;

    @Option(names = "--ttl", paramLabel = "SECONDS", defaultValue = "300", description = "with --dns: how long resolvers keep it (default: 300)")
    private int ttl;

    @Option(names = "--keep", description = "with --dht: again and again until SIGTERM or SIGINT")
    private boolean keep;

    @Option(names = "--every", paramLabel = "TIME", defaultValue = "45m", description = "with --keep: 1m to 2h (default: 45m)")
    private String every = "45m";

    @Option(names = "--dht-node", split = ",", paramLabel = "HOST:PORT", description = "with --dht: nodes to begin at (default: the public ones); repeatable")
    private List<String> dhtNodes = List.of();

    /** One of them. */
    private static final class Where {
        @Option(names = "--dns", paramLabel = "NAME", description = "print TXT records for this name")
        private @Nullable String dns;

        @Option(names = "--web", paramLabel = "DIR", description = "write below this directory, the root of https://NAME/")
        private @Nullable Path web;

        @Option(names = "--dht", description = "put it into the BitTorrent DHT")
        private boolean dht;
    }

    @Override
    public Integer call() {
        ServiceRecord record = RecordText.readValid(file);
        ListName name = record.content().list();
        byte[] list = name == null ? null : TextFiles.bytes(FileSource.beside(file, name), SwarmList.MAX_BYTES);
        if (name != null && list != null && !name.names(list))
            throw new Failure(Exit.FILE, FileSource.beside(file, name) + ": not the swarm list that the record names");
        PrintWriter out = spec.commandLine().getOut();
        if (where.dht)
            publishInDht(out);
        else if (where.web != null)
            web(where.web, name, list, out);
        else if (where.dns != null)
            dns(where.dns, name, list, out);
        return Exit.OK.code();
    }

    private void publishInDht(PrintWriter out) {
        long seconds = Lifetime.seconds("--every", every);
        if (seconds < MIN_EVERY_SECONDS || seconds > MAX_EVERY_SECONDS)
            throw new Failure(Exit.USAGE,
                    "--every: \"" + every + "\": nodes keep an item for two hours, so put it again"
                            + " after 1m to 2h");
        DhtPublish publish = new DhtPublish(file, DhtAccess.of(RecordCommand.addresses("--dht-node", dhtNodes),
                spec.commandLine().getErr()::println), out);
        if (!keep) {
            publish.once();
            return;
        }
        try (RoleProcess process = new RoleProcess("publish")) {
            Thread.ofPlatform().daemon().name("publish")
                    .start(() -> publish.keep(Duration.ofSeconds(seconds), process));
            process.await();
        }
    }

    private void web(Path root, @Nullable ListName name, byte @Nullable [] list, PrintWriter out) {
        Path directory = root.resolve(".well-known");
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, directory + ": cannot be made: " + Reason.of(e), e);
        }
        if (name != null && list != null) { // first, so that no record is found without its list
            Path at = directory.resolve(FileSource.fileName(name));
            TextFiles.write(at, list);
            out.println(at);
        }
        Path at = directory.resolve("schiltron");
        TextFiles.write(at, TextFiles.bytes(file, TextFiles.MAX_BYTES));
        out.println(at);
    }

    private void dns(String name, @Nullable ListName listName, byte @Nullable [] list, PrintWriter out) {
        String zone = name.endsWith(".") ? name : name + ".";
        try {
            if (new HostPort(zone.substring(0, zone.length() - 1), 1).address() != null || ttl < 0)
                throw new IllegalArgumentException(ttl < 0 ? "--ttl: " + ttl + " is negative" : "an address");
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--dns: \"" + name + "\" is not a DNS name: " + e.getMessage(), e);
        }
        for (String line : TextFiles.lines(file).stream().filter(line -> !RecordItems.isText(line)).toList())
            out.println(txt(DnsSource.LABEL + zone, line));
        if (listName == null || list == null)
            return;
        if (list.length > DnsSource.MAX_LIST_BYTES)
            throw new Failure(Exit.FAILED, "the swarm list has " + list.length + " bytes, a TXT record carries at most "
                    + DnsSource.MAX_LIST_BYTES + ": publish it with --web, or sign one of fewer mailboxes");
        out.println(txt(DnsSource.labelOf(listName) + zone, Base64.getEncoder().encodeToString(list)));
    }

    private String txt(String at, String text) {
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < text.length(); i += STRING)
            strings.add("\"" + text.substring(i, Math.min(text.length(), i + STRING)) + "\"");
        return at + " " + ttl + " IN TXT " + String.join(" ", strings);
    }
}
