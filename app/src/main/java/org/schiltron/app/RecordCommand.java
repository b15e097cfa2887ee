package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.ServiceRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron record}. */
@Command(name = "record", description = "Signs, publishes and finds what says where a service can be reached.", subcommands = {
        RecordSign.class, RecordCommand.Show.class, RecordPublish.class, RecordCommand.Find.class}, footer = {"",
                "Examples:",
                "  schiltron record sign --key service.key --contact m1.example.net:4500 --expires 7d --out shop.record",
                "  schiltron record resolve shop.example"})
final class RecordCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? sign, show, publish or resolve");
    }

    /** {@code schiltron record show}. */
    @Command(name = "show", description = "Shows what a record says, and whether it holds now.", footer = {"",
            "Exit code 1 if it does not hold.", "", "Examples:", "  schiltron record show shop.record",
            "  schiltron record show shop.record --service SERVICEKEY --json"})
    static final class Show implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "RECORD", description = "a file made by record sign, or the record's text")
        @SuppressWarnings("NullAway.Init")
        private String record;

        @Option(names = "--service", paramLabel = "KEY", description = "whose record it must be (default: whose it says it is)")
        private @Nullable String service;

        @Option(names = "--json", description = "print one JSON object")
        private boolean json;

        @Override
        public Integer call() {
            ServiceRecord shown = RecordText.read(record);
            PublicKey expected = service == null ? shown.content().service() : RecordText.key("--service", service);
            String problem = shown.check(expected, Lifetime.nowEpochSeconds());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                var node = RecordText.json(shown).put("holds", problem == null);
                if (problem != null)
                    node.put("problem", problem);
                out.println(node);
            } else {
                RecordText.lines(shown).forEach(out::println);
                out.println("holds: " + (problem == null ? "yes" : "no, " + problem));
            }
            return problem == null ? Exit.OK.code() : Exit.FAILED.code();
        }
    }

    /** {@code schiltron record resolve}. */
    @Command(name = "resolve", description = "Finds a service's record and contacts, as connect does.", footer = {"",
            "NAME is what connect takes: a link, a file, https://..., a DNS name, or schiltron:KEY@ and one of these, or",
            "schiltron:KEY alone, which is looked up in the BitTorrent DHT. The key decides: a record of another key, wrongly signed, expired, or older than one seen before is refused. Without a",
            "key the first one found is remembered, and no other is taken later.", "", "Examples:",
            "  schiltron record resolve schiltron:KEY@shop.example", "  schiltron record resolve https://shop.example",
            "  schiltron record resolve shop.example --json --name-server 127.0.0.1:53"})
    static final class Find implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME", description = "what to look for")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(names = "--ca", paramLabel = "FILE", description = "certificates (PEM) to trust instead of the system's")
        private @Nullable Path ca;

        @Option(names = "--name-server", paramLabel = "HOST:PORT", description = "to ask instead of the system's; repeatable, at most 3")
        private List<String> nameServers = List.of();

        @Option(names = "--dht-node", split = ",", paramLabel = "HOST:PORT", description = "nodes of the BitTorrent DHT to begin at (default: the public ones); repeatable")
        private List<String> dhtNodes = List.of();

        @Option(names = "--allow-private", description = "take private, loopback and multicast contacts")
        private boolean allowPrivate;

        @Option(names = "--known", paramLabel = "FILE", description = "what remembers records seen (default: $XDG_STATE_HOME/schiltron/services)")
        private @Nullable Path known;

        @Option(names = "--json", description = "print one JSON object")
        private boolean json;

        @Override
        public Integer call() {
            Resolve resolve = new Resolve(ca, addresses("--name-server", nameServers), allowPrivate,
                    known == null ? KnownServices.ofUser() : new KnownServices(known),
                    DhtAccess.of(addresses("--dht-node", dhtNodes), spec.commandLine().getErr()::println));
            ServiceName parsed;
            try {
                parsed = ServiceName.parse(name);
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
            }
            Resolved found = resolve.resolve(parsed, Lifetime.nowEpochSeconds());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                var node = Json.MAPPER.createObjectNode().put("service", found.service().text()).put("handshakeKey",
                        found.handshakeKey().text());
                var contacts = node.putArray("contacts");
                found.contacts().forEach(contact -> contacts.add(contact.toString()));
                var notes = node.putArray("notes");
                found.notes().forEach(notes::add);
                if (found.record() != null)
                    node.set("record", RecordText.json(found.record()));
                out.println(node);
            } else {
                if (found.record() == null)
                    out.println("service: " + found.service());
                else
                    RecordText.lines(found.record()).forEach(out::println);
                found.notes().forEach(out::println);
                out.println("contacts: " + found.contacts().size());
                found.contacts().forEach(contact -> out.println("  " + contact));
            }
            return Exit.OK.code();
        }
    }

    static List<InetSocketAddress> addresses(String option, List<String> texts) {
        try {
            return texts.stream().map(Addresses::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, option + ": " + e.getMessage(), e);
        }
    }
}
