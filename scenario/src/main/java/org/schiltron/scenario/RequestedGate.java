package org.schiltron.scenario;

import java.lang.foreign.Arena;
import org.schiltron.machine.Drop;
import org.schiltron.machine.RandomSource;
import org.schiltron.ring.SeenRequests;
import org.schiltron.sim.Datagram;

/** A ring on the path, for one service: {@link SeenRequests}. It drops everything else that goes to the service. */
final class RequestedGate extends RowGate {
    private final AddressSet service;
    private final SeenRequests requests;

    RequestedGate(String word, AddressSet service, RandomSource random) {
        super(word);
        this.service = service;
        requests = new SeenRequests(random, Arena.ofAuto());
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        if (service.contains(datagram.source())) {
            if (datagram.isUdp())
                requests.remember(nowNs, datagram.destination(), datagram.segment(), datagram.offset(),
                        datagram.length());
            return true;
        }
        if (!service.contains(datagram.destination()))
            return true;
        int verdict = datagram.isUdp()
                ? requests.verdict(nowNs, datagram.source(), datagram.segment(), datagram.offset(), datagram.length())
                : Drop.MALFORMED.code();
        return verdict == 0 || refuse(Drop.ofCode(verdict).label());
    }
}
