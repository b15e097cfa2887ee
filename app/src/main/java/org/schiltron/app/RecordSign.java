package org.schiltron.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.MailboxDescriptor;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.Content;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.Succession;
import org.schiltron.proof.SwarmList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron record sign}. */
@Command(name = "sign", description = "Signs a record: where the service can be reached, until when.", footer = {"",
        "--mailboxes FILE has a line for each mailbox of a swarm list: host:port, or what mailbox --announce printed. The list",
        "is written beside the record, named by its hash; publish both. With a delegate's key, --delegation says that it",
        "may; clients then shake hands with the delegate if it may do that too.", "", "Examples:",
        "  schiltron record sign --key service.key --contact m1.example.net:4500,192.0.2.7:4500 --expires 7d --out shop.record",
        "  schiltron record sign --key service.key --mailboxes swarm.txt --takes hash,tokens --expires 7d --out shop.record",
        "  schiltron record sign --key next.key --succession service.succession --contact m1.example.net:4500 --expires 7d --out shop.record"})
final class RecordSign implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the service's secret key file, or its delegate's")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(names = "--delegation", paramLabel = "FILE", description = "made by key delegate; goes into the record")
    private @Nullable Path delegation;

    @Option(names = "--contact", split = ",", paramLabel = "HOST:PORT", description = "mailboxes to say hello at, at most 64; repeatable")
    private List<String> contacts = List.of();

    @Option(names = "--mailboxes", paramLabel = "FILE", description = "more mailboxes, as a swarm list, at most 4096")
    private @Nullable Path mailboxes;

    @Option(names = "--takes", split = ",", paramLabel = "KINDS", description = "what is taken at the door under load: any of hash, equix, tokens (default: all)")
    private List<String> takes = List.of("hash", "equix", "tokens");

    @Option(names = "--expires", required = true, paramLabel = "TIME", description = "how long it holds: 7d, 12h, 45m, 90s")
    @SuppressWarnings("NullAway.Init")
    private String expires;

    @Option(names = "--version-number", paramLabel = "N", description = "higher than the last one's (default: seconds since 1970)")
    private @Nullable Long version;

    @Option(names = "--succession", paramLabel = "FILE", description = "made by key succeed; goes beside the record; repeatable")
    private List<Path> successions = List.of();

    @Option(names = "--dht", description = "sign it for the BitTorrent DHT, too; with the service's own key only")
    private boolean dht;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the record; replaced if it exists")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Option(names = "--json", description = "print what record show --json prints, and the files")
    private boolean json;

    @Override
    public Integer call() {
        long now = Lifetime.nowEpochSeconds();
        long end = now + Lifetime.seconds("--expires", expires);
        Issuer issuer = Issuer.read(key, delegation, Use.RECORDS);
        List<HostPort> named = new ArrayList<>();
        for (String contact : contacts)
            named.add(contact("--contact", contact));
        long number = version == null ? now : version;
        SwarmList list = mailboxes == null ? null : list(issuer, mailboxes, number, end, now);
        Delegation given = issuer.delegation();
        PublicKey handshakes = given != null && given.allows(Use.HANDSHAKES) ? given.delegate() : issuer.service();
        ServiceRecord record;
        try {
            record = ServiceRecord.sign(issuer.key(), new Content(issuer.service(), number, now, end, kinds(),
                    handshakes, given, list == null ? null : ListName.of(list), named));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
        StringBuilder text = new StringBuilder("# " + record + "\n");
        for (Path succession : successions)
            text.append(TextFiles.read(succession, Succession::parse).text()).append('\n');
        if (dht)
            text.append(items(issuer, record, list).text()).append('\n');
        List<Path> files = new ArrayList<>(List.of(out));
        if (list != null) {
            Path beside = FileSource.beside(out, ListName.of(list));
            TextFiles.write(beside, list.encode());
            files.add(beside);
        }
        TextFiles.write(out, text.append(record.text()).append('\n').toString());
        if (json) {
            var node = RecordText.json(record);
            var array = node.putArray("files");
            files.forEach(file -> array.add(file.toString()));
            spec.commandLine().getOut().println(node);
        } else {
            files.forEach(spec.commandLine().getOut()::println);
        }
        return Exit.OK.code();
    }

    private static RecordItems items(Issuer issuer, ServiceRecord record, @Nullable SwarmList list) {
        try {
            return RecordItems.sign(issuer.key(), record, list == null ? null : list.encode());
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--dht: " + e.getMessage(), e);
        }
    }

    private int kinds() {
        int kinds = 0;
        for (String kind : takes)
            kinds |= switch (kind) {
                case "hash" -> ServiceRecord.HASH_PUZZLES;
                case "equix" -> ServiceRecord.EQUIX_PUZZLES;
                case "tokens" -> ServiceRecord.TOKENS;
                default -> throw new Failure(Exit.USAGE,
                        "--takes: \"" + kind + "\" is not one of hash, equix, tokens");
            };
        return kinds;
    }

    private static HostPort contact(String where, String text) {
        try {
            return HostPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, where + ": \"" + text + "\": " + e.getMessage(), e);
        }
    }

    private static SwarmList list(Issuer issuer, Path file, long version, long end, long now) {
        List<SwarmList.Entry> entries = new ArrayList<>();
        for (String line : TextFiles.lines(new String(TextFiles.bytes(file, SwarmList.MAX_ENTRIES * 300),
                StandardCharsets.UTF_8)))
            entries.add(entry(file + ": mailbox " + (entries.size() + 1), line, now));
        try {
            return SwarmList.signEntries(issuer.key(), version, end, entries);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, file + ": " + e.getMessage(), e);
        }
    }

    private static SwarmList.Entry entry(String where, String line, long now) {
        String text = line.startsWith("descriptor: ") ? line.substring("descriptor: ".length()) : line;
        if (!MailboxDescriptor.isText(text)) {
            var address = contact(where, text).address();
            if (address == null)
                throw new Failure(Exit.FILE, where + ": \"" + text + "\": a swarm list has addresses, no names");
            return new SwarmList.Entry(address, 0);
        }
        try {
            MailboxDescriptor descriptor = MailboxDescriptor.parse(text);
            String problem = descriptor.check(now);
            if (problem != null)
                throw new Failure(Exit.FILE, where + ": " + problem);
            return descriptor.entry();
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, where + ": " + e.getMessage(), e);
        }
    }
}
