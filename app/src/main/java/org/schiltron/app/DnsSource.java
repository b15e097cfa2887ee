package org.schiltron.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.schiltron.host.Addresses;
import org.schiltron.proof.ServiceRecord.ListName;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * TXT records in the DNS: {@code _schiltron.NAME} has records, links and successions, one each, cut into strings of at most
 * 255 bytes; {@code _H._schiltron.NAME} has the swarm list with the hash H (its first 32 hexadecimal digits) in base 64.
 */
final class DnsSource implements NameSource {
    static final String LABEL = "_schiltron.";
    /** The longest list that fits an answer, in bytes: some 2,300 mailboxes. */
    static final int MAX_LIST_BYTES = 47_000;

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int MAX_SERVERS = 3;
    private static final int MAX_CANDIDATES = 16;
    /** What a UDP answer may have; longer ones come over TCP. */
    private static final int UDP_PAYLOAD = 1_232;

    private final String name;
    private final List<InetSocketAddress> servers;
    private final List<String> notes = new ArrayList<>();

    /** @param servers resolvers to ask, in order; empty: the system's */
    DnsSource(String name, List<InetSocketAddress> servers) {
        this.name = name;
        this.servers = List.copyOf(servers);
    }

    /** Where the swarm list is. */
    static String labelOf(ListName list) {
        return "_" + list.sha256().substring(0, 32) + "." + LABEL;
    }

    @Override
    public List<String> lines() {
        return texts(LABEL + name).stream().map(text -> new String(text, StandardCharsets.ISO_8859_1).strip())
                .filter(text -> !text.isEmpty() && text.length() <= MAX_ANSWER_BYTES).limit(MAX_CANDIDATES).toList();
    }

    @Override
    public byte[] list(ListName list) {
        for (byte[] text : texts(labelOf(list) + name)) {
            try {
                byte[] bytes = Base64.getDecoder().decode(text);
                if (list.names(bytes))
                    return bytes;
            } catch (IllegalArgumentException e) {
                // Something else stands there too.
            }
        }
        throw new Failure(Exit.FAILED, labelOf(list) + name + ": no TXT record there is the record's swarm list");
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    /** Each TXT record, its strings joined. */
    private List<byte[]> texts(String at) {
        Message answer = ask(at);
        int rcode = answer.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN)
            throw new Failure(Exit.UNREACHABLE, at + ": the name server answers " + Rcode.string(rcode)
                    + (rcode == Rcode.SERVFAIL ? " (it fails, or the DNSSEC signatures are wrong)" : ""));
        List<byte[]> texts = new ArrayList<>();
        for (Record record : answer.getSection(Section.ANSWER)) {
            if (record instanceof TXTRecord txt)
                texts.add(joined(txt));
        }
        if (texts.isEmpty())
            throw new Failure(Exit.UNREACHABLE, at + ": the DNS has no TXT record there");
        return texts;
    }

    private static byte[] joined(TXTRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object string : record.getStringsAsByteArrays())
            out.writeBytes((byte[]) string);
        return out.toByteArray();
    }

    private Message ask(String at) {
        Record question;
        try {
            question = Record.newRecord(Name.fromString(at.endsWith(".") ? at : at + "."), Type.TXT, DClass.IN);
        } catch (TextParseException e) {
            throw new Failure(Exit.USAGE, at + ": not a DNS name: " + e.getMessage(), e);
        }
        List<InetSocketAddress> asked = servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
        if (asked.isEmpty())
            throw new Failure(Exit.UNREACHABLE, at + ": this system names no name server");
        String why = "";
        IOException last = null;
        for (InetSocketAddress server : asked.subList(0, Math.min(MAX_SERVERS, asked.size()))) {
            try {
                return ask(server, question);
            } catch (IOException e) {
                last = e;
                why = Addresses.toText(server) + ": "
                        + (e instanceof PortUnreachableException ? "there is none" : Reason.of(e));
            }
        }
        throw new Failure(Exit.UNREACHABLE, at + ": no name server answers (" + why + ")", last);
    }

    private Message ask(InetSocketAddress server, Record question) throws IOException {
        SimpleResolver resolver = new SimpleResolver(resolved(server));
        resolver.setTimeout(LONGEST);
        resolver.setEDNS(0, UDP_PAYLOAD, 0, List.of());
        Message query = Message.newQuery(question);
        query.getHeader().setFlag(Flags.AD); // RFC 6840, section 5.7: tell us whether you validated
        Message answer = resolver.send(query);
        if (notes.isEmpty())
            notes.add("DNSSEC: " + (answer.getHeader().getFlag(Flags.AD)
                    ? "validated, says the name server " + Addresses.toText(resolved(server))
                    : "not validated by the name server " + Addresses.toText(resolved(server))));
        return answer;
    }

    private static InetSocketAddress resolved(InetSocketAddress server) throws UnknownHostException {
        return Addresses.resolve(server);
    }
}
