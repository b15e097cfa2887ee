package org.schiltron.scenario;

import java.util.Arrays;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.sim.Datagram;
import org.schiltron.sim.Router;

/**
 * A router's access list: nobody but the listed sources reaches the guarded addresses. It looks at what stands in the packet,
 * so who can write another's address into it passes, as with a real one. Addresses here are IPv4.
 */
final class OnlyFrom implements Router.Gate {
    private final long[] guarded;
    private final long[] sources;

    OnlyFrom(List<Path> guarded, List<Path> sources) {
        this.guarded = sorted(guarded);
        this.sources = sorted(sources);
    }

    private static long[] sorted(List<Path> addresses) {
        return addresses.stream().mapToLong(Path::addressLow).sorted().toArray();
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        return Arrays.binarySearch(guarded, datagram.destination().addressLow()) < 0
                || Arrays.binarySearch(sources, datagram.source().addressLow()) >= 0;
    }
}
