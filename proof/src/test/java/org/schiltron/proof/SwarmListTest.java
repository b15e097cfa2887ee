package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

class SwarmListTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] SECRET = HEX
            .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    private static final long EXPIRES = 1_800_000_000;

    private final RandomSource random = Seeds.random();
    private final Identity keeper = Identity.ofSeed(SECRET);

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVector() {
        SwarmList list = SwarmList.signEntries(keeper, 7, EXPIRES,
                List.of(new SwarmList.Entry(Path.ofIpv4(0xc0000201, 4500), 1),
                        new SwarmList.Entry(new Path(0, 0x2001_0db8_0000_0000L, 1, 4501), 2),
                        new SwarmList.Entry(Path.ofIpv4(0xc6336402, 4502), 0)));
        assertThat(list.encode()).isEqualTo(HEX.parseHex("7363686973776d310000000000000007000000006b49d200"
                + "0003000000000000" + "00000000000000000000ffffc000020111940001"
                + "20010db800000000000000000000000111950002" + "00000000000000000000ffffc633640211960000"
                + "55df71e9c4012f985fe6212951f859ed1cc934187b61241cdb597aafb3b087e6"
                + "dc3f8f5d63b444d2a42731d3b16af3a95f527d22c23ee0f3c00d9ea06f4d5503"));
        assertThat(list.hash())
                .isEqualTo(HEX.parseHex("a64d491ff60dc2e5d59448e3c0bb246946cbea9dcd76e9649f133b4dcc93bda3"));
        assertThat(list.subset(SECRET, 3)).containsExactly(1, 0, 2);
    }

    @Test
    void whatIsSignedIsReadAndVerified() {
        SwarmList list = list(50);
        SwarmList read = SwarmList.decode(list.encode());
        assertThat(read.mailboxes()).isEqualTo(list.mailboxes()).hasSize(50);
        assertThat(read.entries()).isEqualTo(list.entries());
        assertThat(read.version()).isEqualTo(3);
        assertThat(read.expiresEpochSeconds()).isEqualTo(EXPIRES);
        assertThat(read.hash()).isEqualTo(list.hash());
        assertThat(read.verify(keeper.publicKey(), EXPIRES - 1)).isTrue();
        assertThat(read.verify(keeper.publicKey(), EXPIRES)).as("expired").isFalse();
        assertThat(read.verify(Identity.generate(random).publicKey(), 0)).as("another's").isFalse();
        assertThat(SwarmList.decode(list(SwarmList.MAX_ENTRIES).encode()).mailboxes()).hasSize(4_096);
    }

    @Test
    void aChangedListIsRefusedOrNotAuthentic() {
        byte[] valid = list(3).encode();
        for (int at = 0; at < valid.length; at++) {
            byte[] changed = valid.clone();
            changed[at] ^= (byte) (1 << (at & 7));
            assertThat(accepted(changed)).as("byte %d", at).isFalse();
        }
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> SwarmList.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 0; i < 2_000; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (!Arrays.equals(mutated, valid))
                assertThat(accepted(mutated)).isFalse();
        }
    }

    @Test
    void malformedListsAreRefused() {
        Path one = Path.ofIpv4(0x01020304, 5);
        for (List<Path> bad : List.of(List.<Path>of(), List.of(one, Path.ofIpv4(0x01020304, 5)),
                List.of(Path.ofIpv4(1, 0)), tooMany()))
            assertThatThrownBy(() -> SwarmList.sign(keeper, 1, EXPIRES, bad))
                    .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SwarmList.sign(keeper, -1, EXPIRES, List.of(one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SwarmList.Entry(one, 65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SwarmList.decode(new byte[SwarmList.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at most");
    }

    @Test
    void theListCannotBeChangedThroughWhatItGives() {
        SwarmList list = list(3);
        byte[] before = list.encode();
        list.encode()[40] ^= 1;
        list.mailboxes().getFirst().set(1, 2, 3, 4);
        list.entries().getFirst().address().set(1, 2, 3, 4);
        assertThat(list.encode()).isEqualTo(before);
        assertThat(list.mailboxes()).isEqualTo(SwarmList.decode(before).mailboxes());
    }

    @Test
    void bothEndsChooseTheSameDistinctMailboxes() {
        SwarmList list = list(100);
        for (int i = 0; i < 50; i++) {
            byte[] secret = random.bytes(32);
            int[] subset = list.subset(secret, 10);
            assertThat(subset).hasSize(10).doesNotHaveDuplicates()
                    .isEqualTo(SwarmList.decode(list.encode()).subset(secret, 10));
            assertThat(list.subset(secret, 20)).startsWith(subset);
        }
        assertThat(list.subset(SECRET, 1_000)).hasSize(100).doesNotHaveDuplicates();
        assertThat(list.subset(SECRET, 0)).isEmpty();
    }

    @Test
    void theChoiceIsEvenAndUnknownWithoutTheSecret() {
        SwarmList list = list(20);
        int[] chosen = new int[20];
        for (int i = 0; i < 4_000; i++) {
            for (int index : list.subset(random.bytes(16), 5))
                chosen[index]++;
        }
        // 1,000 expected each, standard deviation 27: six of them
        for (int count : chosen)
            assertThat(count).isBetween(830, 1_170);
    }

    @Test
    void aMailboxThatLeavesTheListChangesNoOtherChoice() {
        SwarmList list = list(40);
        List<Path> without = new ArrayList<>(list.mailboxes());
        Path gone = without.remove(list.subset(SECRET, 8)[3]);
        SwarmList shorter = SwarmList.sign(keeper, 4, EXPIRES, without);
        List<Path> before = new ArrayList<>(chosen(list));
        assertThat(before.remove(gone)).isTrue();
        assertThat(chosen(shorter)).containsAll(before);
    }

    private static List<Path> chosen(SwarmList list) {
        return Arrays.stream(list.subset(SECRET, 8)).mapToObj(i -> list.mailboxes().get(i)).toList();
    }

    private boolean accepted(byte[] encoded) {
        try {
            return SwarmList.decode(encoded).verify(keeper.publicKey(), 0);
        } catch (IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
            return false;
        }
    }

    private SwarmList list(int count) {
        List<Path> mailboxes = new ArrayList<>();
        for (int i = 0; i < count; i++)
            mailboxes.add(i % 3 == 0 ? new Path(0, 0x2a00_0000_0000_0000L, i, 4500) : Path.ofIpv4(i << 8, 4500));
        return SwarmList.sign(keeper, 3, EXPIRES, mailboxes);
    }

    private static List<Path> tooMany() {
        List<Path> mailboxes = new ArrayList<>();
        for (int i = 0; i <= SwarmList.MAX_ENTRIES; i++)
            mailboxes.add(Path.ofIpv4(i, 1));
        return mailboxes;
    }
}
