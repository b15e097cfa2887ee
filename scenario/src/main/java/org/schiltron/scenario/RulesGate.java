package org.schiltron.scenario;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.schiltron.filter.RuleGates;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.Drop;
import org.schiltron.machine.RandomSource;
import org.schiltron.sim.Datagram;

/** A ring on the path with a file of rules: {@link RuleGates}, which judges the IP packet as it would be on the wire. */
final class RulesGate extends RowGate {
    private final RuleGates gates;
    private final MemorySegment packet;

    RulesGate(String word, RuleSet rules, RandomSource random, long nowNs) {
        super(word);
        Arena arena = Arena.ofAuto();
        gates = new RuleGates(rules, random, arena, nowNs);
        packet = arena.allocate(1 << 16); // the longest there is
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        int length = datagram.packetLength();
        datagram.writePacket(packet, 0);
        int verdict = gates.verdict(nowNs, packet, 0, length);
        return verdict == RuleGates.FORWARD || refuse(Drop.ofCode(verdict).label());
    }
}
