package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.ServiceRecord.Content;
import org.schiltron.proof.ServiceRecord.ListName;

class ServiceRecordTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final long ISSUED = 1_790_000_000;
    private static final long EXPIRES = 1_800_000_000;
    private static final List<HostPort> CONTACTS = List.of(new HostPort("mail.example", 4500),
            new HostPort("192.0.2.1", 4500), new HostPort("2001:db8::1", 4501));

    private final RandomSource random = Seeds.random();
    private final Identity service = Seeds.identity(0);
    private final Identity delegate = Seeds.identity(32);
    private final PublicKey key = service.publicKey();
    private final SwarmList list = SwarmList.signEntries(service, 7, EXPIRES,
            List.of(new SwarmList.Entry(Path.ofIpv4(0xc0000201, 4500), 1),
                    new SwarmList.Entry(new Path(0, 0x2001_0db8_0000_0000L, 1, 4501), 2),
                    new SwarmList.Entry(Path.ofIpv4(0xc6336402, 4502), 0)));

    private ServiceRecord delegated(Use... uses) {
        EnumSet<Use> set = EnumSet.noneOf(Use.class);
        Collections.addAll(set, uses);
        Delegation delegation = Delegation.sign(service, delegate.publicKey(), ISSUED, EXPIRES, set);
        return ServiceRecord.sign(set.contains(Use.RECORDS) ? delegate : service,
                new Content(key, 7, ISSUED, EXPIRES, 7,
                        set.contains(Use.HANDSHAKES) ? delegate.publicKey() : key, delegation, ListName.of(list),
                        CONTACTS));
    }

    private ServiceRecord plain(List<HostPort> contacts) {
        return ServiceRecord.sign(service, new Content(key, 7, ISSUED, EXPIRES, 1, key, null, null, contacts));
    }

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVectors() {
        assertThat(HEX.formatHex(delegated(Use.RECORDS, Use.HANDSHAKES, Use.TOKENS).encode())).isEqualTo(
                "736368697265633103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b80000000000000007"
                        + "000000006ab13b80000000006b49d2000703000329acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc93"
                        + "22966dd77363686964656c3103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b829acbae1"
                        + "41bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7000000006ab13b80000000006b49d2000d000000"
                        + "00000000969667f68a99f9ac4ee6d3395dfe6c0354e04a1ac80f9397758af32b9601910abc6cedf0974fd0635fab6c47"
                        + "1976668900feaf555e86869bc46386a9affa750ca64d491ff60dc2e5d59448e3c0bb246946cbea9dcd76e9649f133b4d"
                        + "cc93bda30000009c000c6d61696c2e6578616d706c65119404c000020111940620010db8000000000000000000000001"
                        + "11958c71f36c5ac5f39a4571d15ece503fe6f899756ab9e3e793a0f2ab6f517ab4b10eaa86dc57adcf6c1bd35791c2c2"
                        + "3ece305c919fb365f4ea49081a9a76530e0d");
        assertThat(HEX.formatHex(MailboxDescriptor
                .sign(service, Path.ofIpv4(0xc0000201, 4500), 1, 1_000, EXPIRES).encode())).isEqualTo(
                        "736368696d62783103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b80000000000000000"
                                + "0000ffffc000020111940001000003e8000000006b49d2002a504278b46fde2334ebeff530a30c1d4deb4c3205685b45"
                                + "55dafe9e37c8c3d1cb8441c2920be3129b74cea2e5dd6948179a36494f953f68e652d00ff90ca605");
    }

    @Test
    void whatIsSignedIsRead() {
        for (ServiceRecord record : List.of(delegated(Use.RECORDS, Use.HANDSHAKES), delegated(Use.HANDSHAKES),
                delegated(Use.RECORDS), plain(CONTACTS))) {
            assertThat(ServiceRecord.decode(record.encode())).isEqualTo(record).hasSameHashCodeAs(record);
            assertThat(ServiceRecord.parse(record.text()).content()).isEqualTo(record.content());
            assertThat(record.check(key, ISSUED)).isNull();
            assertThat(record.olderThan(7)).isFalse();
            assertThat(record.olderThan(8)).isTrue();
        }
        assertThat(plain(CONTACTS).content().contacts()).isEqualTo(CONTACTS);
    }

    @Test
    void whatDoesNotHoldIsToldWhy() {
        ServiceRecord record = plain(CONTACTS);
        assertThat(record.check(delegate.publicKey(), ISSUED)).contains("another service: " + key);
        assertThat(record.check(key, EXPIRES)).isEqualTo("the record expired at 2027-01-15T08:00:00Z");
        assertThat(record.check(key, ISSUED - SignedForm.SKEW_SECONDS)).isNull();
        assertThat(record.check(key, ISSUED - SignedForm.SKEW_SECONDS - 1)).contains("not valid before");
        byte[] forged = record.encode();
        SignedForm.sign(delegate, forged, forged.length - 64, forged.length - 64);
        assertThat(ServiceRecord.decode(forged).check(key, ISSUED)).contains("not signed by its service");

        // By a delegate that may answer handshakes, and no more.
        byte[] overreached = delegated(Use.HANDSHAKES).encode();
        SignedForm.sign(delegate, overreached, overreached.length - 64, overreached.length - 64);
        assertThat(ServiceRecord.decode(overreached).check(key, ISSUED))
                .isEqualTo("the delegation is not for records");

        // A delegation that its service never signed, in a record that the delegate signed.
        byte[] selfmade = delegated(Use.RECORDS, Use.HANDSHAKES).encode();
        selfmade[100 + 96] ^= 1;
        SignedForm.sign(delegate, selfmade, selfmade.length - 64, selfmade.length - 64);
        assertThat(ServiceRecord.decode(selfmade).check(key, ISSUED)).contains("delegation was not signed");
    }

    @Test
    void aDelegationThatEndsEndsTheRecord() {
        for (Use use : new Use[]{Use.RECORDS, Use.HANDSHAKES}) {
            Delegation brief = Delegation.sign(service, delegate.publicKey(), ISSUED, ISSUED + 10, EnumSet.of(use));
            ServiceRecord record = ServiceRecord.sign(use == Use.RECORDS ? delegate : service,
                    new Content(key, 7, ISSUED, EXPIRES, 1, use == Use.RECORDS ? key : delegate.publicKey(), brief,
                            null, CONTACTS));
            assertThat(record.check(key, ISSUED + 9)).isNull();
            assertThat(record.check(key, ISSUED + 10)).contains("the delegation expired");
        }
    }

    @Test
    void aChangedRecordIsRefusedOrDoesNotHold() {
        byte[] valid = delegated(Use.RECORDS, Use.HANDSHAKES).encode();
        for (int at = 0; at < valid.length; at++) {
            byte[] changed = valid.clone();
            changed[at] ^= (byte) (1 << (at & 7));
            assertThat(accepted(changed)).as("byte %d", at).isFalse();
        }
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> ServiceRecord.decode(cut)).isInstanceOf(IllegalArgumentException.class)
                    .message().isNotBlank();
        }
        for (int i = 0; i < 500; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (!Arrays.equals(mutated, valid))
                assertThat(accepted(mutated)).isFalse();
        }
    }

    @Test
    void whatNobodyMayWriteIsRefused() {
        Delegation delegation = Delegation.sign(service, delegate.publicKey(), ISSUED, EXPIRES,
                EnumSet.of(Use.RECORDS));
        Delegation others = Delegation.sign(delegate, key, ISSUED, EXPIRES, EnumSet.of(Use.RECORDS));
        refused("expires before", service, EXPIRES, EXPIRES, 1, key, null, CONTACTS);
        refused("kinds", service, ISSUED, EXPIRES, 8, key, null, CONTACTS);
        refused("contacts, or a swarm list", service, ISSUED, EXPIRES, 1, key, null, List.of());
        refused("twice", service, ISSUED, EXPIRES, 1, key, null, List.of(CONTACTS.get(0), CONTACTS.get(0)));
        refused("another service's", service, ISSUED, EXPIRES, 1, key, others, CONTACTS);
        refused("handshake key", service, ISSUED, EXPIRES, 1, delegate.publicKey(), delegation, CONTACTS);
        refused("handshake key", service, ISSUED, EXPIRES, 1, delegate.publicKey(), null, CONTACTS);
        refused("delegates records to", delegate, ISSUED, EXPIRES, 1, key, null, CONTACTS);
        List<HostPort> many = new ArrayList<>();
        for (int i = 1; i <= 65; i++)
            many.add(new HostPort("mailbox.example", i));
        refused("at most 64", service, ISSUED, EXPIRES, 1, key, null, many);
        many.clear();
        for (int i = 1; i <= 64; i++)
            many.add(new HostPort("a.".repeat(120) + "example", i));
        refused("8192 bytes", service, ISSUED, EXPIRES, 1, key, null, many);
        assertThatThrownBy(() -> ServiceRecord.decode(new byte[ServiceRecord.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("8192");
        assertThatThrownBy(() -> ServiceRecord.parse("schiltron-record-1-" + "a".repeat(20_000)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("8192");
    }

    /** So that one contact has one form. */
    @Test
    void contactsInDisguiseAreRefused() {
        for (String[] row : new String[][]{{"04c00002011194", "06" + "00".repeat(10) + "ffffc00002011194", "as IPv6"},
                {"04c00002011194", "0009" + HEX.formatHex("192.0.2.1".getBytes(
                        java.nio.charset.StandardCharsets.ISO_8859_1)) + "1194", "a name should"},
                {"04c00002011194", "05c00002011194", "neither"}, {"04c00002011194", "04c00002010000", "port 0"},
                {"04c00002011194", "0003612e2e1194", "not a host name"}}) {
            String hex = HEX.formatHex(plain(List.of(new HostPort("192.0.2.1", 4500))).encode());
            byte[] bytes = HEX.parseHex(hex.replace(row[0], row[1]));
            assertThatThrownBy(() -> ServiceRecord.decode(bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("contact 1").hasMessageContaining(row[2]);
        }
    }

    @Test
    void aSwarmListIsNamedByWhatIsInIt() {
        ListName name = ListName.of(list);
        assertThat(name.names(list.encode())).isTrue();
        byte[] changed = list.encode();
        changed[40] ^= 1;
        assertThat(name.names(changed)).isFalse();
        assertThat(name.names(Arrays.copyOf(list.encode(), 400))).isFalse();
        for (String bad : new String[]{"", "zz", name.sha256().replace('a', 'A')})
            assertThatThrownBy(() -> new ListName(bad, 100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ListName(name.sha256(), SwarmList.MAX_BYTES + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void contactsKeepTheirAddresses() {
        for (String text : new String[]{"192.0.2.1:1", "[::]:1", "[::1]:2", "[1:2:3:4:5:6:7:8]:9", "[2001:db8::]:5",
                "[1::8]:3", "[fe80::1:0:0:2]:4"})
            assertThat(HostPort.parse(text).address()).hasToString(text);
        assertThat(HostPort.parse("[::ffff:192.0.2.1]:5").address()).hasToString("192.0.2.1:5");
        assertThat(HostPort.parse("[1:2:3:4:5:6:192.0.2.1]:5").address()).hasToString("[1:2:3:4:5:6:c000:201]:5");
        assertThat(HostPort.parse("[64:ff9b::192.0.2.1]:5").address()).hasToString("[64:ff9b::c000:201]:5");
        assertThat(HostPort.parse("mail.example:5").address()).isNull();
        for (int i = 0; i < 1_000; i++) {
            byte[] groups = random.bytes(16);
            for (int group = 0; group < 16; group += 2) {
                if (random.nextInt(2) == 0) // so that there is something to shorten
                    Arrays.fill(groups, group, group + 2, (byte) 0);
            }
            Path address = Path.of(0, groups, 1 + random.nextInt(65_535));
            assertThat(HostPort.of(address).address()).isEqualTo(address);
        }
    }

    @Test
    void aMailboxDescribesItself() {
        Path address = new Path(0, 0x2001_0db8_0000_0000L, 1, 4501);
        MailboxDescriptor descriptor = MailboxDescriptor.sign(service, address, 9, 250, EXPIRES);
        MailboxDescriptor read = MailboxDescriptor.parse(descriptor.text());
        assertThat(read).isEqualTo(descriptor).hasSameHashCodeAs(descriptor);
        assertThat(read.mailbox()).isEqualTo(key);
        assertThat(read.entry()).isEqualTo(new SwarmList.Entry(address, 9));
        assertThat(read.linkMbitPerSecond()).isEqualTo(250);
        assertThat(read.check(EXPIRES - 1)).isNull();
        assertThat(read.check(EXPIRES)).contains("expired at");
        byte[] valid = descriptor.encode();
        for (int at = 0; at < valid.length; at++) {
            byte[] changed = valid.clone();
            changed[at] ^= (byte) (1 << (at & 7));
            assertThat(refusal(changed)).as("byte %d", at).isNotBlank();
        }
        for (int i = 0; i < 300; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (mutated.length < valid.length || !Arrays.equals(mutated, 0, valid.length, valid, 0, valid.length))
                assertThat(refusal(mutated)).isNotBlank();
        }
        for (int[] row : new int[][]{{0, 1, 1}, {1, 65_536, 1}, {1, 1, 0}})
            assertThatThrownBy(() -> MailboxDescriptor.sign(service, Path.ofIpv4(1, row[0]), row[1], row[2], EXPIRES))
                    .isInstanceOf(IllegalArgumentException.class);
    }

    private static @Nullable String refusal(byte[] encoded) {
        try {
            return MailboxDescriptor.decode(encoded, 0).check(ISSUED);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private void refused(String why, Identity signer, long issued, long expires, int kinds, PublicKey handshakeKey,
            @Nullable Delegation delegation, List<HostPort> contacts) {
        assertThatThrownBy(() -> ServiceRecord.sign(signer,
                new Content(key, 1, issued, expires, kinds, handshakeKey, delegation, null, contacts)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
    }

    private boolean accepted(byte[] encoded) {
        try {
            return ServiceRecord.decode(encoded).check(key, ISSUED) == null;
        } catch (IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
            return false;
        }
    }
}
