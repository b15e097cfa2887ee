package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;

class PcapFileTest {
    private final Simulation simulation = new Simulation(1);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Node<Void, Attacker> host(String name, Path address) {
        return simulation.add(name, new Attacker(), address);
    }

    @Test
    void aDatagramOverIpv4HasTheseBytes() throws IOException {
        Node<Void, Attacker> from = host("from", Path.ofIpv4(0xc0000201, 4500));
        host("to", Path.ofIpv4(0xc6336402, 53));
        from.links(LinkConfig.ofDelayNs(1_500_000_000));
        try (PcapFile file = new PcapFile(bytes)) {
            from.uplink().capture(file);
            simulation.send(from, Path.ofIpv4(0xc0000201, 4500), Path.ofIpv4(0xc6336402, 53), new byte[]{1, 2, 3});
            simulation.runFor(1);
        }
        assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo("" //
                + "4d3cb2a1" + "0200" + "0400" + "0000000000000000" + "27000100" + "65000000" //
                + "01000000" + "0065cd1d" + "1f000000" + "1f000000" // 1.5 s, 31 bytes twice
                + "4500001f" + "00004000" + "4011" + "4e97" + "c0000201" + "c6336402" //
                + "1194" + "0035" + "000b" + udpSum() + "010203");
    }

    /** By hand: the pseudo-header, ports, length and payload, as RFC 768 has them. */
    private static String udpSum() {
        int sum = 0xc000 + 0x0201 + 0xc633 + 0x6402 + 17 + 11 + 0x1194 + 0x0035 + 0x000b + 0x0102 + 0x0300;
        sum = (sum & 0xffff) + (sum >>> 16);
        return HexFormat.of().toHexDigits((short) ~((sum & 0xffff) + (sum >>> 16)));
    }

    @Test
    void bothFamiliesAndAllLengthsReadBack() throws IOException {
        Path six = simulation.newIpv6Address(9);
        Path four = simulation.newAddress(9);
        Node<Void, Attacker> from = host("from", six);
        host("to", four);
        try (PcapFile file = new PcapFile(bytes)) {
            from.uplink().capture(file);
            from.links(LinkConfig.PERFECT.withMtu(65_535));
            for (int length : new int[]{0, 1, 2, 3, 1_400, 1_401, 65_000}) {
                simulation.send(from, six, simulation.newIpv6Address(80), new byte[length]);
                simulation.send(from, four, simulation.newAddress(80), new byte[length]);
            }
            simulation.runFor(1);
        }
        List<PcapReader.Packet> packets = PcapReader.read(bytes.toByteArray());
        assertThat(packets).extracting(packet -> packet.payload().length).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 1_400,
                1_400, 1_401, 1_401, 65_000, 65_000);
        assertThat(packets.getFirst().source()).isEqualTo("2a00000000000000" + "0000000000000001:9");
        assertThat(packets.get(1).source()).isEqualTo(four.toString());
    }

    @Test
    void anErrorOfTheDiskComesOutAtTheEndAndNotInTheRun() {
        Node<Void, Attacker> from = host("from", simulation.newAddress(9));
        PcapFile file = new PcapFile(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("full");
            }
        });
        from.uplink().capture(file);
        for (int i = 0; i < 1_000; i++)
            simulation.send(from, from.address(), from.address(), new byte[1_000]);
        simulation.runFor(1);
        assertThatThrownBy(file::close).isInstanceOf(IOException.class).hasMessage("full");
    }
}
