package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.app.TokenCommandTest.Run;
import org.schiltron.host.Addresses;
import org.schiltron.host.Dht;
import org.schiltron.host.Entropy;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.Content;

/** A service found by its key alone, in a DHT that hands out what the test puts there. The real one: module dht. */
class DhtNamesTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final Identity service = Identity.generate(new Entropy());
    private final List<MutableItem> there = new ArrayList<>();
    private final List<String> progress = new ArrayList<>();
    private int answered = 8;
    private int refused;
    private int opened;
    private int closed;

    private final class Shelf implements Dht {
        @Override
        public Found get(PublicKey key, List<byte[]> salts, Duration longest) {
            return new Found(there.stream().filter(item -> item.key().equals(key)
                    && salts.stream().anyMatch(salt -> Arrays.equals(salt, item.salt()))).toList(), answered, refused);
        }

        @Override
        public Placed put(MutableItem item, Duration longest) {
            long latest = there.stream().filter(old -> Arrays.equals(old.salt(), item.salt()))
                    .mapToLong(MutableItem::sequence).max().orElse(-1);
            if (latest > item.sequence() || answered == 0)
                return new Placed(0, 0, latest, "");
            there.removeIf(old -> Arrays.equals(old.salt(), item.salt()));
            there.add(item);
            return new Placed(answered, answered, latest, "");
        }

        @Override
        public int progress() {
            return answered;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private DhtAccess access() {
        return new DhtAccess(_ -> {
            opened++;
            return new Shelf();
        }, List.of(Addresses.parse("127.0.0.1:1")), progress::add);
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private static ServiceRecord record(Identity service, long version, long expires, String... contacts) {
        return ServiceRecord.sign(service, new Content(service.publicKey(), version, 1_700_000_000, expires, 0,
                service.publicKey(), null, null, Arrays.stream(contacts).map(HostPort::parse).toList()));
    }

    private void put(Identity signer, long sequence, byte[] value) {
        there.clear();
        there.add(MutableItem.sign(signer, RecordItems.recordSalt(), sequence, value));
    }

    private void put(ServiceRecord record) {
        put(service, record.content().version(), record.encode());
    }

    private Resolved resolve() {
        Resolve resolve = new Resolve(null, List.of(), false, new KnownServices(directory.resolve("known")), access());
        return resolve.resolve(ServiceName.parse("schiltron:" + service.publicKey()), 1_790_000_000);
    }

    private Failure refusal() {
        return catchThrowableOfType(Failure.class, this::resolve);
    }

    @Test
    void aKeyAloneIsEnough() {
        put(record(service, 5, 1_800_000_000, "m.example:4500", "192.168.0.1:1"));
        Resolved found = resolve();
        assertThat(found.contacts()).containsExactly(new HostPort("m.example", 4500));
        assertThat(found.notes()).containsExactly("refused 1 contacts with private, loopback or multicast addresses");
        assertThat(closed).isEqualTo(opened).isEqualTo(1);
    }

    @Test
    void whatDoesNotHoldIsRefusedWithTheReason() {
        put(record(service, 5, 1_800_000_000, "m.example:4500"));
        resolve();
        put(record(service, 4, 1_800_000_000, "m.example:4500"));
        assertThat(refusal().line()).contains("older than one seen before: version 4, not 5");
        put(record(service, 6, 1_790_000_000, "m.example:4500"));
        assertThat(refusal().line()).contains("the BitTorrent DHT: the record expired at");
        put(record(service, 6, 1_800_000_000, "127.0.0.1:4500"));
        assertThat(refusal().line()).contains("private, loopback or multicast");
        put(service, 7, record(Identity.generate(new Entropy()), 7, 1_800_000_000, "m.example:1").encode());
        assertThat(refusal().line()).contains("the record is of another service");
        put(service, 8, record(service, 7, 1_800_000_000, "m.example:1").encode());
        assertThat(refusal().line()).contains("sequence number is 8, the record's version 7");
        put(service, 9, "Hello World!".getBytes(StandardCharsets.US_ASCII));
        assertThat(refusal().line()).contains("the item there is no record");
        byte[] forged = record(service, 9, 1_800_000_000, "m.example:1").encode();
        forged[forged.length - 1] ^= 1;
        put(service, 9, forged);
        assertThat(refusal().line()).contains("not signed by its service");
        assertThat(closed).as("closed after each look").isEqualTo(opened);
    }

    @Test
    void nothingNobodyAndForeignItemsAreToldApart() {
        assertThat(refusal().exit()).isEqualTo(Exit.UNREACHABLE);
        assertThat(refusal().line()).contains("no record of " + service.publicKey()).contains("8 nodes that answered");
        refused = 3;
        assertThat(refusal().line()).contains("3 nodes handed out items that this key has not signed");
        answered = 0;
        assertThat(refusal().exit()).isEqualTo(Exit.UNREACHABLE);
        assertThat(refusal().line()).contains("no node answers").contains("127.0.0.1:1");
    }

    @Test
    void withoutTheModuleTheUserLearnsWhatIsMissing() {
        Run run = TokenCommandTest.run("record", "resolve", "schiltron:" + service.publicKey(), "--known", at("known"));
        assertThat(run.err()).contains("the optional module org.schiltron.dht is not here", "mvn -pl dht -am package")
                .hasLineCount(1);
        assertThat(run.exit()).isEqualTo(Exit.USAGE.code());
        KeyFiles.create(directory.resolve("service.key"));
        sign("--contact", "m.example:1");
        Run publish = TokenCommandTest.run("record", "publish", at("shop.record"), "--dht");
        assertThat(publish.err()).contains("org.schiltron.dht is not here");
        assertThat(TokenCommandTest.run("connect", "schiltron:" + service.publicKey(), "--listen", "127.0.0.1:0",
                "--metrics", "off").err()).contains("org.schiltron.dht is not here");
    }

    private void sign(String... more) {
        List<String> args = new ArrayList<>(List.of("record", "sign", "--key", at("service.key"), "--expires", "1d",
                "--dht", "--out", at("shop.record")));
        args.addAll(List.of(more));
        Run run = TokenCommandTest.run(args.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
    }

    private String publish() {
        StringWriter out = new StringWriter();
        new DhtPublish(directory.resolve("shop.record"), access(), new PrintWriter(out)).once();
        return out.toString();
    }

    private String unpublished() {
        return catchThrowableOfType(Failure.class, this::publish).line();
    }

    @Test
    void whatWasSignedIsPublishedWithoutTheKeyAndFoundWithItsList() throws IOException {
        PublicKey key = KeyFiles.create(directory.resolve("service.key")).publicKey();
        List<String> mailboxes = new ArrayList<>();
        for (int i = 0; i < 300; i++)
            mailboxes.add("9.9." + i / 250 + "." + (i % 250 + 1) + ":4500");
        Files.write(directory.resolve("swarm.txt"), mailboxes);
        sign("--mailboxes", at("swarm.txt"), "--version-number", "3");
        Files.delete(directory.resolve("service.key"));
        assertThat(publish()).startsWith("published: version 3 in the BitTorrent DHT, 8 items at 8 nodes or more");
        assertThat(there).hasSize(8).allMatch(item -> item.key().equals(key) && item.sequence() == 3)
                .allMatch(MutableItem::isSigned);
        Resolve resolve = new Resolve(null, List.of(), false, new KnownServices(directory.resolve("known")), access());
        long now = Lifetime.nowEpochSeconds();
        assertThat(resolve.resolve(ServiceName.parse("schiltron:" + key), now).contacts()).hasSize(300);
        there.removeIf(item -> new String(item.salt(), StandardCharsets.US_ASCII).endsWith("/4"));
        assertThat(
                catchThrowableOfType(Failure.class, () -> resolve.resolve(ServiceName.parse("schiltron:" + key), now))
                        .line())
                .contains("only 6 of the 7 pieces of the swarm list");
        assertThat(TokenCommandTest.run("record", "publish", at("shop.record"), "--dns", "shop.example").lines())
                .as("the signatures are for the DHT").noneMatch(line -> line.contains("schiltron-item"));
    }

    @Test
    void whatCannotBePublishedIsSaid() throws IOException {
        KeyFiles.create(directory.resolve("service.key"));
        sign("--contact", "m.example:1", "--version-number", "5");
        assertThat(publish()).contains("1 item at 8 nodes");
        Path file = directory.resolve("shop.record");
        String signed = Files.readString(file);
        sign("--contact", "m.example:1", "--version-number", "4");
        assertThat(unpublished()).contains("a later version lies there: 5, not 4");
        Files.writeString(file, signed.lines().filter(line -> !line.startsWith("schiltron-item"))
                .reduce("", (a, b) -> a + b + "\n"));
        assertThat(unpublished()).contains("not signed for the BitTorrent DHT: record sign --dht");
        sign("--contact", "n.example:1", "--version-number", "6");
        Files.writeString(file, signed.lines().filter(line -> line.startsWith("schiltron-record"))
                .reduce("", (a, b) -> a + b + "\n")
                + Files.readString(file).lines().filter(line -> line.startsWith("schiltron-item")).findFirst().get());
        assertThat(unpublished()).contains("not those of this record");
        answered = 0;
        there.clear();
        Files.writeString(file, signed);
        assertThat(unpublished()).contains("no node answers");
    }

    @Test
    void oversizedRecordsAndDelegatesAreRefusedAtSigning() {
        KeyFiles.create(directory.resolve("service.key"));
        Identity delegate = KeyFiles.create(directory.resolve("delegate.key"));
        List<String> contacts = new ArrayList<>();
        for (int i = 0; i < 40; i++)
            contacts.add("mailbox-" + i + ".example.net:4500");
        Run run = TokenCommandTest.run("record", "sign", "--key", at("service.key"), "--contact",
                String.join(",", contacts), "--expires", "1d", "--dht", "--out", at("shop.record"));
        assertThat(run.exit()).isEqualTo(Exit.USAGE.code());
        assertThat(run.err()).contains("--dht: the record has ", "holds at most 995", "swarm list");
        assertThat(directory.resolve("shop.record")).doesNotExist();
        assertThat(TokenCommandTest.run("key", "delegate", "--key", at("service.key"), "--for",
                delegate.publicKey().text(), "--expires", "1d", "--uses", "records", "--out", at("d")).exit()).isZero();
        assertThat(TokenCommandTest.run("record", "sign", "--key", at("delegate.key"), "--delegation", at("d"),
                "--contact", "m.example:1", "--expires", "1d", "--dht", "--out", at("shop.record")).err())
                .contains("the service's own key has to, no delegate's");
    }

    /** Each round reads the file, so a record that no longer holds ends it with the reason. */
    @Test
    void keepingItEndsWithTheRecord() throws IOException {
        KeyFiles.create(directory.resolve("service.key"));
        sign("--contact", "m.example:1");
        StringWriter out = new StringWriter();
        DhtPublish publish = new DhtPublish(directory.resolve("shop.record"), access(), new PrintWriter(out, true));
        try (RoleProcess process = new RoleProcess("publish")) {
            Thread rounds = Thread.ofPlatform().daemon().start(() -> publish.keep(Duration.ofMillis(1), process));
            org.awaitility.Awaitility.await().until(() -> out.toString().lines().count() >= 3);
            Files.writeString(directory.resolve("shop.record"), "nonsense\n");
            Failure failure = catchThrowableOfType(Failure.class, process::await);
            assertThat(failure.line()).contains("shop.record");
            rounds.interrupt();
        }
        assertThat(out.toString()).startsWith("published: ");
    }

    @Test
    void whatTakesLongIsTold() {
        DhtAccess access = access();
        Dht dht = access.open();
        access.watch("looking", dht, () -> {
            org.awaitility.Awaitility.await().atMost(NEVER).until(() -> !progress.isEmpty());
            return "";
        });
        assertThat(progress).contains("looking: 8 nodes have answered (1 s)");
    }
}
