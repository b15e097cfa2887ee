package org.schiltron.app;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Link;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.Succession;
import org.schiltron.proof.SwarmList;

/**
 * Finds what a {@link ServiceName} stands for. Wherever it asks, the service's key decides: what is old, wrongly signed,
 * expired, too long or somebody else's is refused with the reason.
 *
 * @param ca           certificates to trust instead of the system's; null for those
 * @param nameServers  to ask instead of the system's; may be empty
 * @param allowPrivate whether contacts from elsewhere may be private, loopback or multicast addresses
 * @param dht          for names that are a key alone
 */
record Resolve(@Nullable Path ca, List<InetSocketAddress> nameServers, boolean allowPrivate, KnownServices known,
        DhtAccess dht) {
    private static final int MAX_SUCCESSIONS = 8;

    Resolved resolve(ServiceName name, long nowEpochSeconds) {
        return switch (name.place()) {
            case ServiceName.Contacts(Link link) ->
                new Resolved(link.service(), link.service(), link.contacts(), true, null, List.of());
            case ServiceName.InFile(Path file) -> from(new FileSource(file), name, true, nowEpochSeconds);
            case ServiceName.Https https ->
                from(new HttpsSource(https.uri(), ca), name, false, nowEpochSeconds);
            case ServiceName.Dns dns ->
                from(new DnsSource(dns.name(), nameServers), name, false, nowEpochSeconds);
            case ServiceName.InDht(PublicKey key) -> {
                try (NameSource source = new DhtSource(key, dht)) {
                    yield from(source, name, false, nowEpochSeconds);
                }
            }
        };
    }

    /** @param own whether the place is this user's own, so that a link there is one that a person typed */
    private Resolved from(NameSource source, ServiceName name, boolean own, long now) {
        String place = name.place().toString();
        Found found = Found.among(source.lines(), place);
        List<String> notes = new ArrayList<>(source.notes());
        PublicKey before = name.key() != null || own ? name.key() : known.at(place);
        PublicKey expected = before == null ? null : successor(found, before, now, notes);
        if (expected == null) {
            Set<String> keys = new TreeSet<>();
            found.records.forEach(record -> keys.add(record.content().service().text()));
            found.links.forEach(link -> keys.add(link.service().text()));
            if (keys.size() != 1)
                throw refused(place, keys.size() + " services are named there: say which, schiltron:KEY@" + place);
            expected = PublicKey.parse(keys.iterator().next());
            if (!own)
                notes.add(
                        "first time: the key there is taken, and no other from now on; compare it with the service's: "
                                + expected);
        } else if (name.key() == null && !found.has(expected) && !own) {
            throw refused(place, "another key lies there than before, and no succession from it: " + before
                    + " was there (if the service says so, remove that line from " + known.file() + ")");
        }
        ServiceRecord record = best(found, expected, place, now);
        if (record == null) {
            PublicKey key = expected;
            Link link = found.links.stream().filter(l -> l.service().equals(key)).findFirst().orElseThrow(
                    () -> refused(place, "no record or link of " + key + " lies there"));
            long seen = known.version(key);
            if (!own && seen > 0)
                throw refused(place,
                        "a link lies there, which nobody has signed, and a signed record of that service has "
                                + "been seen: version " + seen + " (" + known.file() + ")");
            remember(key, Math.max(0, seen), name, place, own, notes);
            return new Resolved(key, key, own ? link.contacts() : publicOnly(link.contacts(), place, notes), own, null,
                    notes);
        }
        List<HostPort> contacts = contacts(source, record, place, now, notes);
        remember(expected, record.content().version(), name, place, own, notes);
        return new Resolved(expected, record.content().handshakeKey(), contacts, false, record, notes);
    }

    /** What lies there, as far as it is of any use. */
    private record Found(List<ServiceRecord> records, List<Link> links, List<Succession> successions) {
        static Found among(List<String> lines, String place) {
            Found found = new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            String why = "there is no record and no link";
            for (String line : lines) {
                try {
                    if (ServiceRecord.isText(line))
                        found.records.add(ServiceRecord.parse(line));
                    else if (Succession.isText(line) && found.successions.size() < MAX_SUCCESSIONS)
                        found.successions.add(Succession.parse(line));
                    else if (!Succession.isText(line) && !RecordItems.isText(line))
                        found.links.add(Link.parse(line));
                } catch (IllegalArgumentException e) {
                    why = String.valueOf(e.getMessage());
                }
            }
            if (found.records.isEmpty() && found.links.isEmpty())
                throw refused(place, why);
            return found;
        }

        boolean has(PublicKey key) {
            return records.stream().anyMatch(record -> record.content().service().equals(key))
                    || links.stream().anyMatch(link -> link.service().equals(key));
        }
    }

    /** The key under which the service goes on, the same if it has none. */
    private static PublicKey successor(Found found, PublicKey from, long now, List<String> notes) {
        PublicKey key = from;
        for (int steps = 0; steps < MAX_SUCCESSIONS; steps++) {
            PublicKey current = key;
            Succession next = found.successions.stream()
                    .filter(s -> s.from().equals(current))
                    .filter(s -> s.check(now) == null).findFirst().orElse(null);
            if (next == null)
                return key;
            key = next.to();
            notes.add("succession: the service goes on under another key: " + key);
        }
        return key;
    }

    /** The latest that holds; null if there is none of this key at all. */
    private @Nullable ServiceRecord best(Found found, PublicKey expected, String place, long now) {
        ServiceRecord best = null;
        String why = null;
        String foreign = null;
        long seen = known.version(expected);
        for (ServiceRecord record : found.records) {
            String problem = record.check(expected, now);
            if (problem == null && record.olderThan(seen))
                problem = "the record is older than one seen before: version " + record.content().version() + ", not "
                        + seen + " (" + known.file() + ")";
            if (!record.content().service().equals(expected))
                foreign = problem;
            else if (problem != null)
                why = problem;
            else if (best == null || best.olderThan(record.content().version()))
                best = record;
        }
        if (best == null && why == null && !found.has(expected))
            why = foreign;
        if (best == null && why != null)
            throw refused(place, why);
        return best;
    }

    private List<HostPort> contacts(NameSource source, ServiceRecord record, String place, long now,
            List<String> notes) {
        List<HostPort> contacts = new ArrayList<>(record.content().contacts());
        ListName name = record.content().list();
        if (name != null) {
            try {
                List<HostPort> more = new ArrayList<>();
                swarmList(source, name, now).mailboxes().forEach(mailbox -> more.add(HostPort.of(mailbox)));
                Collections.shuffle(more, new SecureRandom());
                more.removeAll(contacts);
                contacts.addAll(more);
            } catch (Failure e) {
                if (contacts.isEmpty())
                    throw e;
                notes.add("without the swarm list: " + e.line());
            }
        }
        return publicOnly(contacts, place, notes);
    }

    private static SwarmList swarmList(NameSource source, ListName name, long now) {
        byte[] bytes = source.list(name);
        if (!name.names(bytes))
            throw refused(name.sha256(), "what lies there is not the swarm list that the record names");
        try {
            SwarmList list = SwarmList.decode(bytes);
            if (now >= list.expiresEpochSeconds())
                throw refused(name.sha256(), "the swarm list has expired");
            return list;
        } catch (IllegalArgumentException e) {
            throw refused(name.sha256(), String.valueOf(e.getMessage()));
        }
    }

    /** A name may still turn out to be of a private address, when it is looked up. */
    private List<HostPort> publicOnly(List<HostPort> contacts, String place, List<String> notes) {
        List<HostPort> good = contacts.stream().filter(contact -> {
            var address = contact.address();
            return allowPrivate || address == null || address.isPublic();
        }).toList();
        if (good.isEmpty())
            throw refused(place, "all contacts there are private, loopback or multicast addresses, such as "
                    + contacts.getFirst() + ": allow-private-mailboxes takes them");
        if (good.size() < contacts.size())
            notes.add("refused " + (contacts.size() - good.size())
                    + " contacts with private, loopback or multicast addresses");
        return good;
    }

    private void remember(PublicKey key, long version, ServiceName name, String place, boolean own,
            List<String> notes) {
        try {
            known.saw(key, version, name.key() != null || own ? null : place);
        } catch (Failure e) {
            notes.add("warning: what was seen cannot be remembered: " + e.line());
        }
    }

    private static Failure refused(String place, String why) {
        return new Failure(Exit.FAILED, place + ": " + why);
    }
}
