package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.app.TokenCommandTest.Run;
import org.schiltron.proof.Identity;
import org.schiltron.proof.MailboxDescriptor;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.SwarmList;
import tools.jackson.databind.JsonNode;

/** Records as a person signs and publishes them. */
class RecordCommandTest {
    private static final long FAR = 4_000_000_000L;

    @TempDir
    Path directory;

    private Identity service;
    private Identity delegate;

    @BeforeEach
    void makeKeys() {
        service = KeyFiles.create(directory.resolve("service.key"));
        delegate = KeyFiles.create(directory.resolve("delegate.key"));
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private Run ok(String... args) {
        Run run = TokenCommandTest.run(args);
        assertThat(run.exit()).as(run.err()).isZero();
        return run;
    }

    private ServiceRecord record() {
        return RecordText.read(directory.resolve("shop.record"));
    }

    private long now() {
        return System.currentTimeMillis() / 1_000;
    }

    @Test
    void descriptorsOfMailboxesBecomeTheSwarmList() throws IOException {
        Identity mailbox = KeyFiles.create(directory.resolve("mailbox.key"));
        org.schiltron.machine.Path address = org.schiltron.machine.Path.ofIpv4(0x09090909, 4500);
        Files.writeString(directory.resolve("swarm.txt"), "# mine\n203.0.113.5:4500\n[2001:db8::1]:4501\ndescriptor: "
                + MailboxDescriptor.sign(mailbox, address, 7, 100, FAR).text() + "\n");
        Run run = ok("record", "sign", "--key", at("service.key"), "--mailboxes", at("swarm.txt"), "--takes",
                "hash,tokens", "--expires", "7d", "--version-number", "3", "--out", at("shop.record"), "--json");
        JsonNode json = Json.MAPPER.readTree(run.out());
        assertThat(json.path("kinds").valueStream().map(JsonNode::asString)).containsExactly("hash", "tokens");
        Path listFile = Path.of(json.path("files").path(1).asString());
        assertThat(listFile.getFileName()).hasToString(json.path("swarmList").path("sha256").asString() + ".swarm");
        SwarmList list = SwarmList.decode(Files.readAllBytes(listFile));
        assertThat(list.entries()).hasSize(3).last().isEqualTo(new SwarmList.Entry(address, 7));
        assertThat(list.verify(service.publicKey(), now())).isTrue();
        assertThat(record().check(service.publicKey(), now())).isNull();
        assertThat(ok("record", "show", at("shop.record")).out()).contains("version: 3\n", "holds: yes",
                "at the door: hash, tokens");

        Files.delete(listFile);
        Run gone = TokenCommandTest.run("record", "publish", at("shop.record"), "--dns", "shop.example");
        assertThat(gone.exit()).isEqualTo(Exit.FILE.code());
        assertThat(gone.err()).contains(".swarm: cannot be read");
    }

    @Test
    void aDelegateSignsAndAnswersAsFarAsItMay() {
        for (String uses : List.of("records,handshakes", "records", "handshakes")) {
            ok("key", "delegate", "--key", at("service.key"), "--for", delegate.publicKey().text(), "--expires", "1d",
                    "--uses", uses, "--out", at("delegation"));
            String signer = uses.equals("handshakes") ? "service.key" : "delegate.key";
            ok("record", "sign", "--key", at(signer), "--delegation", at("delegation"), "--contact",
                    "m.example:1,9.9.9.9:2", "--expires", "1h", "--out", at("shop.record"));
            assertThat(record().check(service.publicKey(), now())).isNull();
            assertThat(record().content().handshakeKey())
                    .isEqualTo(uses.equals("records") ? service.publicKey() : delegate.publicKey());
        }
        Run overreached = TokenCommandTest.run("record", "sign", "--key", at("delegate.key"), "--delegation",
                at("delegation"), "--contact", "m.example:1", "--expires", "1h", "--out", at("shop.record"));
        assertThat(overreached.exit()).isEqualTo(Exit.FILE.code());
        assertThat(overreached.err()).contains("the delegation is not for records");
    }

    /** What a name server hands out is what was published, string by string. */
    @Test
    void zoneLinesHoldTheWholeRecordInStringsThatFit() {
        List<String> contacts = new ArrayList<>();
        for (int i = 1; i <= 60; i++)
            contacts.add("mailbox-" + i + ".example.net:4500");
        ok("record", "sign", "--key", at("service.key"), "--contact", String.join(",", contacts), "--expires", "1h",
                "--out", at("shop.record"));
        String line = ok("record", "publish", at("shop.record"), "--dns", "shop.example", "--ttl", "60").lines()
                .getFirst();
        String start = "_schiltron.shop.example. 60 IN TXT \"";
        assertThat(line).startsWith(start).endsWith("\"");
        String[] strings = line.substring(start.length(), line.length() - 1).split("\" \"", -1);
        assertThat(strings).hasSizeGreaterThan(8).allMatch(s -> s.length() <= 255);
        assertThat(ServiceRecord.parse(String.join("", strings))).isEqualTo(record());

        assertThat(ok("record", "publish", at("shop.record"), "--web", at("www")).lines())
                .containsExactly(at("www/.well-known/schiltron"));
        assertThat(RecordText.read(directory.resolve("www/.well-known/schiltron"))).isEqualTo(record());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --contact m.example                | 2 | --contact: "m.example": no port
            --contact m.example:1,m.example:1  | 2 | twice
            --expires 1d                       | 2 | contacts, or a swarm list
            --contact a:1 --takes gold         | 2 | --takes: "gold" is not one of hash, equix, tokens
            --contact a:1 --version-number -1  | 2 | not negative
            --contact a:1 --succession none    | 5 | none: cannot be read
            --contact a:1 --delegation none    | 5 | none: cannot be read
            --mailboxes none                   | 5 | none: cannot be read
            --mailboxes NAMES                  | 5 | mailbox 1: "m.example:1": a swarm list has addresses
            --mailboxes TWICE                  | 5 | twice
            --mailboxes EXPIRED                | 5 | mailbox 1: the mailbox descriptor expired
            --mailboxes EMPTY                  | 5 | 1 to 4096 mailboxes, not 0
            """)
    void wrongUseIsOneLineAndItsCode(String line, int exit, String message) throws IOException {
        Files.writeString(directory.resolve("NAMES"), "m.example:1\n");
        Files.writeString(directory.resolve("TWICE"), "9.9.9.9:1\n9.9.9.9:1\n");
        Files.writeString(directory.resolve("EMPTY"), "");
        Files.writeString(directory.resolve("EXPIRED"),
                MailboxDescriptor.sign(delegate, org.schiltron.machine.Path.ofIpv4(1, 1), 0, 1, 1_000).text());
        List<String> args = new ArrayList<>(List.of("record", "sign", "--key", at("service.key"), "--out", at("out")));
        for (String word : line.strip().split(" ", -1))
            args.add(word.matches("[A-Z]+") ? at(word) : word);
        if (!args.contains("--expires"))
            args.addAll(List.of("--expires", "1d"));
        Run run = TokenCommandTest.run(args.toArray(String[]::new));
        assertThat(run.err()).contains(message).hasLineCount(1);
        assertThat(run.exit()).isEqualTo(exit);
        assertThat(directory.resolve("out")).doesNotExist();
    }
}
