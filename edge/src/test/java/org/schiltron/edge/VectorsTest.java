package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Primitives;

/** The vectors of docs/LEGS.md: nodes of different versions have to agree on these. */
class VectorsTest {
    private static byte[] counting(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte) (from + i);
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static List<IpAddress> addresses(String prefix, int count) {
        return IntStream.range(1, count + 1).mapToObj(i -> IpAddress.parse(prefix + i)).toList();
    }

    @Test
    void schedule() {
        AuthenticatorSchedule schedule = new AuthenticatorSchedule(counting(0, 32),
                new AuthenticatorChoices(addresses("192.0.2.", 4), List.of(new PortRange(40_000, 40_999)),
                        addresses("203.0.113.", 2), List.of(new PortRange(80, 80), new PortRange(8_000, 8_999)), 32),
                60_000, 5_000, 1_000, 0);
        assertThat(schedule.at(1_700_000_040_000L).text()).isEqualTo(
                "source=192.0.2.2, source-port=40343, destination=203.0.113.1, destination-port=8328, key=ab9a3104");
        assertThat(schedule.at(1_700_000_100_000L).text()).isEqualTo(
                "source=192.0.2.3, source-port=40942, destination=203.0.113.2, destination-port=8592, key=ced4697f");
    }

    @Test
    void hashRing() {
        HashRing ring = new HashRing(List.of("n0", "n1", "n2", "n3"), 16, new byte[]{1, 2, 3});
        assertThat(ring.owners("shop", 4, _ -> true)).containsExactly("n1", "n0", "n3", "n2");
        assertThat(ring.owners("game", 4, _ -> true)).containsExactly("n0", "n2", "n3", "n1");
    }

    @Test
    void resume() {
        assertThat(hex(LegHeads.resume(counting(0, 32), new LegId(0x0102030405060708L, 0x090a0b0c0d0e0f10L), 2, 1_000,
                900))).isEqualTo(
                        "030100000102030405060708090a0b0c0d0e0f100000000200000000000003e80000000000000384d8db44ef1f6c7f915ad9bf17e36b448f");
        assertThat(hex(Primitives.expand(counting(0, 32), "schiltron leg carrier 2 up", 32)))
                .isEqualTo("87e108335924ae4e3ea6365a2d11509f2cfc5353dd4f685678d4b0d8d33cb5ad");
    }

    @Test
    void ask() {
        assertThat(hex(LegWorld.ASK.encode()))
                .isEqualTo("0200000000000000000000ffffc0000201126700000000000000000000ffffcb00710101bb0473686f70");
    }

    @Test
    void onion() {
        Identity node = Identity.ofSeed(counting(0, 32));
        byte[] ephemeral = Primitives.x25519Public(Primitives.x25519Private(counting(0x40, 32)));
        byte[] shared = Objects.requireNonNull(node.agree(ephemeral));
        OnionKeys header = OnionKeys.header(shared, ephemeral, node.publicKey().x25519());
        assertThat(hex(header.key("blocks", 16))).isEqualTo("6668c5e6798143618228dc2049cf9332");
        assertThat(hex(header.mac(new byte[0]))).isEqualTo("0e09f4a788dc357f5acdebd35209ec63");
        OnionKeys leg = header.leg(counting(0x60, 32), counting(0x80, 32));
        assertThat(hex(leg.key("confirm", 16))).isEqualTo("c0d8af0907fad19dcb501f2c9ffd51d3");
        assertThat(hex(leg.key("seal forward", 32)))
                .isEqualTo("580e914b3b9cbcab26603697a2cab37cc4cd9d905c5e6281f77687f1c171c350");
    }
}
