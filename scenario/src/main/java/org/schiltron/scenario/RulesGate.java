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
    private final MemorySegment packet = Arena.ofAuto().allocate(1 << 16); // the longest there is
    private final RandomSource random;
    private RuleSet rules;
    private RuleGates gates;

    RulesGate(String word, RuleSet rules, RandomSource random, long nowNs) {
        super(word);
        this.random = random;
        this.rules = rules;
        gates = new RuleGates(rules, random, Arena.ofAuto(), nowNs);
    }

    /** Others from now on; nothing is remembered. */
    void change(RuleSet others, long nowNs) {
        rules = others;
        gates = new RuleGates(others, random, Arena.ofAuto(), nowNs);
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        int length = datagram.packetLength();
        datagram.writePacket(packet, 0);
        int verdict = gates.verdict(nowNs, packet, 0, length);
        if (rules.hides().ids())
            datagram.replacePacket(packet, 0);
        return verdict == RuleGates.FORWARD || refuse(Drop.ofCode(verdict).label());
    }
}
