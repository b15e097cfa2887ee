package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HostPort;
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
        "Examples:", "  schiltron record publish shop.record --dns shop.example >> shop.example.zone",
        "  schiltron record publish shop.record --web /var/www/html"})
final class RecordPublish implements Callable<Integer> {
    /** Of one string of a TXT record (RFC 1035, section 3.3.14). */
    private static final int STRING = 255;

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

    /** One of both. */
    private static final class Where {
        @Option(names = "--dns", paramLabel = "NAME", description = "print TXT records for this name")
        private @Nullable String dns;

        @Option(names = "--web", paramLabel = "DIR", description = "write below this directory, the root of https://NAME/")
        private @Nullable Path web;
    }

    @Override
    public Integer call() {
        ServiceRecord record = RecordText.read(file);
        String problem = record.check(record.content().service(), Lifetime.nowEpochSeconds());
        if (problem != null)
            throw new Failure(Exit.FILE, file + ": " + problem);
        ListName name = record.content().list();
        byte[] list = name == null ? null : TextFiles.bytes(FileSource.beside(file, name), SwarmList.MAX_BYTES);
        if (name != null && list != null && !name.names(list))
            throw new Failure(Exit.FILE, FileSource.beside(file, name) + ": not the swarm list that the record names");
        PrintWriter out = spec.commandLine().getOut();
        if (where.web != null)
            web(where.web, name, list, out);
        else if (where.dns != null)
            dns(where.dns, name, list, out);
        return Exit.OK.code();
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
        for (String line : TextFiles.lines(file))
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
