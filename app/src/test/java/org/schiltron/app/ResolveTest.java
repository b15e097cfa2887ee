package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.host.Entropy;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Link;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.Content;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.Succession;
import org.schiltron.proof.SwarmList;

class ResolveTest {
    private static final long NOW = 1_790_000_000;
    private static final long EXPIRES = NOW + 1_000;
    private static final List<HostPort> PUBLIC = List.of(new HostPort("9.9.9.9", 4500),
            new HostPort("m.example", 4500));
    private static final String KEY = "aoqqpp7tzyil4hlq3umoos6atft6jvrqtosq2xy53sdgiesvgg4cz3y4";

    @TempDir
    Path directory;

    private final Identity service = Identity.generate(new Entropy());
    private final Identity other = Identity.generate(new Entropy());

    private Resolve resolver(boolean allowPrivate) {
        return new Resolve(null, List.of(), allowPrivate, new KnownServices(directory.resolve("state/known")),
                new DhtAccess(null, List.of(), _ -> {
                }));
    }

    private ServiceRecord record(Identity signer, long version, List<HostPort> contacts, @Nullable SwarmList list) {
        return ServiceRecord.sign(signer, new Content(signer.publicKey(), version, NOW, EXPIRES, 1,
                signer.publicKey(), null, list == null ? null : ListName.of(list), contacts));
    }

    private Resolved resolve(@Nullable PublicKey key, boolean allowPrivate, long now, String... lines) {
        Path file = directory.resolve("a.record");
        try {
            Files.writeString(file, String.join("\n", lines));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return resolver(allowPrivate).resolve(new ServiceName(key, new ServiceName.InFile(file)), now);
    }

    private String refusal(@Nullable PublicKey key, long now, String... lines) {
        return catchThrowableOfType(Failure.class, () -> resolve(key, false, now, lines)).line();
    }

    @Test
    void aRecordGivesItsContacts() {
        String text = record(service, 5, PUBLIC, null).text();
        for (PublicKey key : new PublicKey[]{null, service.publicKey()}) {
            Resolved found = resolve(key, false, NOW, "# a comment", "", text);
            assertThat(found.service()).isEqualTo(service.publicKey());
            assertThat(found.contacts()).isEqualTo(PUBLIC);
            assertThat(found.typed()).isFalse();
        }
        Link link = new Link(service.publicKey(), List.of(new HostPort("10.0.0.1", 5)));
        assertThat(resolve(null, false, NOW, link.toString()).contacts()).as("typed by a person").hasSize(1);
    }

    @Test
    void whatDoesNotHoldIsRefusedWithTheReason() {
        String text = record(service, 5, PUBLIC, null).text();
        assertThat(refusal(other.publicKey(), NOW, text)).contains("a.record: the record is of another service");
        assertThat(refusal(null, EXPIRES, text)).contains("expired at");
        assertThat(refusal(null, NOW - 1_000, text)).contains("not valid before");
        assertThat(refusal(null, NOW, text.substring(0, text.length() - 1))).contains("record");
        assertThat(refusal(null, NOW, text, record(other, 5, PUBLIC, null).text())).contains("2 services");
        assertThat(refusal(null, NOW, "# nothing")).contains("no record and no link");
        assertThat(refusal(null, NOW, "x".repeat(17_000))).contains("longer than");
        resolve(null, false, NOW, text);
        assertThat(refusal(null, NOW, record(service, 4, PUBLIC, null).text()))
                .contains("older than one seen before: version 4, not 5");
        assertThat(resolve(null, false, NOW, record(service, 4, PUBLIC, null).text(), text).record())
                .as("the later of two").hasToString("record 5 of " + service.publicKey());
    }

    @Test
    void privateAddressesAreRefusedUnlessAllowed() {
        List<HostPort> mixed = List.of(new HostPort("192.168.1.1", 1), new HostPort("9.9.9.9", 4500),
                new HostPort("::1", 2), new HostPort("ff02::1", 3));
        Resolved found = resolve(null, false, NOW, record(service, 1, mixed, null).text());
        assertThat(found.contacts()).containsExactly(new HostPort("9.9.9.9", 4500));
        assertThat(found.notes()).containsExactly(
                "refused 3 contacts with private, loopback or multicast addresses");
        assertThat(resolve(null, true, NOW, record(service, 1, mixed, null).text()).contacts()).isEqualTo(mixed);
        assertThat(refusal(null, NOW, record(service, 1, mixed.subList(0, 1), null).text()))
                .contains("192.168.1.1:1: allow-private-mailboxes");
    }

    @Test
    void aSwarmListIsTakenIfItIsTheOneThatTheRecordNames() throws IOException {
        SwarmList list = SwarmList.sign(other, 1, EXPIRES,
                java.util.stream.IntStream.range(0, 300).mapToObj(
                        i -> org.schiltron.machine.Path.ofIpv4(0x09090900 + i, 4500)).toList());
        Path beside = FileSource.beside(directory.resolve("a.record"), ListName.of(list));
        String with = record(service, 1, PUBLIC, list).text();
        String alone = record(service, 1, List.of(), list).text();
        assertThat(resolve(null, false, NOW, with).notes()).singleElement().asString()
                .startsWith("without the swarm list: ").contains("no such file");
        assertThat(refusal(null, NOW, alone)).contains("no such file");
        Files.write(beside, list.encode());
        assertThat(resolve(null, false, NOW, alone).contacts()).hasSize(300);
        assertThat(resolve(null, false, NOW, with).contacts()).hasSize(301).startsWith(PUBLIC.get(0), PUBLIC.get(1));
        byte[] changed = list.encode();
        changed[100] ^= 1;
        Files.write(beside, changed);
        assertThat(refusal(null, NOW, alone)).contains("not the swarm list that the record names");
        Files.write(beside, new byte[SwarmList.MAX_BYTES + 1]);
        assertThat(refusal(null, NOW, alone)).contains("longer than");
        SwarmList stale = SwarmList.sign(other, 1, NOW, list.mailboxes());
        Files.write(FileSource.beside(directory.resolve("a.record"), ListName.of(stale)), stale.encode());
        assertThat(refusal(null, NOW, record(service, 1, List.of(), stale).text())).contains("has expired");
    }

    @Test
    void aSuccessionLeadsFromTheOldKeyToTheNew() {
        String next = record(other, 1, PUBLIC, null).text();
        Succession succession = Succession.sign(service, other, NOW);
        Resolved found = resolve(service.publicKey(), false, NOW, succession.text(), next);
        assertThat(found.service()).isEqualTo(other.publicKey());
        assertThat(found.notes()).singleElement().asString().startsWith("succession: ");
        assertThat(resolve(other.publicKey(), false, NOW, succession.text(), next).notes()).isEmpty();
        assertThat(refusal(service.publicKey(), NOW, next)).contains("another service");
        byte[] forged = succession.encode();
        forged[90] ^= 1;
        assertThat(refusal(service.publicKey(), NOW, Succession.decode(forged, 0).text(), next))
                .contains("another service");
        String back = Succession.sign(other, service, NOW).text();
        assertThat(refusal(service.publicKey(), NOW, succession.text(), back, next)).as("a circle ends")
                .contains("another service");
    }

    @Test
    void theStateIsBoundedAndItsDamageIsNamed() throws IOException {
        Path file = directory.resolve("known");
        KnownServices known = new KnownServices(file);
        assertThat(known.version(service.publicKey())).isEqualTo(-1);
        for (int i = 0; i < 30; i++)
            known.saw(service.publicKey(), i, "place-" + i % 3);
        assertThat(file).content().hasLineCount(3);
        known.saw(service.publicKey(), 7, null);
        assertThat(known.version(service.publicKey())).isEqualTo(29);
        assertThat(known.at("place-2")).isEqualTo(service.publicKey());
        assertThat(known.at("elsewhere")).isNull();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < KnownServices.MAX_ENTRIES + 50; i++)
            many.append(KEY).append(" 1 p").append(i).append('\n');
        Files.writeString(file, many);
        known.saw(service.publicKey(), 1, "new");
        assertThat(Files.readAllLines(file)).hasSize(KnownServices.MAX_ENTRIES).last().asString().endsWith(" 1 new");
        Files.writeString(file, "nonsense\n");
        assertThatThrownBy(() -> known.version(service.publicKey())).isInstanceOf(Failure.class)
                .hasMessageContaining("known: \"nonsense ...\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            schiltron:K@m.example:4500,[2001:db8::1]:1 | K | Contacts
            SCHILTRON:K@m.example:4500         | K | Contacts
            schiltron:K@https://x.example/a    | K | https://x.example/a
            schiltron:K@https://x.example:8443 | K | https://x.example:8443/.well-known/schiltron
            schiltron:K@shop.example           | K | shop.example
            schiltron:K                        | K | the BitTorrent DHT
            schiltron:K@file:shop.record       | K | shop.record
            https://x.example                  | - | https://x.example/.well-known/schiltron
            https://x.example/a.record         | - | https://x.example/a.record
            shop.example                       | - | shop.example
            ./shop.record                      | - | ./shop.record
            /tmp/shop.record                   | - | /tmp/shop.record
            pom.xml                            | - | pom.xml
            """)
    void names(String text, @Nullable String key, String place) {
        ServiceName name = ServiceName.parse(" " + text.replace(":K", ":" + KEY) + "\n");
        assertThat(name.key()).isEqualTo(key == null ? null : PublicKey.parse(KEY));
        assertThat(name.place().toString()).startsWith(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "localhost", "1.2.3.4", "m.example:4500", "http://x.example", "ftp://x",
            "https://",
            "https:///a", "https://u:p@x.example/", "https://x.example/#a", "https://x y/", "schiltron:",
            "schiltron:" + KEY + "x", "schiltron:" + KEY + "@", "schiltron:x@shop.example",
            "schiltron:" + KEY + "@http://x.example",
            "schiltron:" + KEY + "@a b", "a\u0000b"})
    void notNames(String text) {
        assertThatThrownBy(() -> ServiceName.parse(text)).isInstanceOf(IllegalArgumentException.class).message()
                .contains("link").matches("[ -~]+");
    }

    @Test
    void randomlyChangedAnswersAreRefusedOrHold() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        Random random = new Random(seed);
        byte[] valid = (Succession.sign(other, service, NOW).text() + "\n" + record(service, 5, PUBLIC, null).text()
                + "\n" + new Link(service.publicKey(), PUBLIC) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 300; i++) {
            byte[] changed = valid.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            String text = new String(changed, StandardCharsets.ISO_8859_1);
            try {
                assertThat(resolve(service.publicKey(), false, NOW, text).service()).isEqualTo(service.publicKey());
            } catch (Failure e) {
                assertThat(e.line()).startsWith(directory.toString());
            }
        }
    }
}
