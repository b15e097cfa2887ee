package org.schiltron.scenario;
import org.schiltron.filter.Prefix;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.schiltron.machine.Path;

/** Addresses, whatever the port, and prefixes of some. */
final class AddressSet {
    private final Set<Path> addresses = new LinkedHashSet<>();
    private final List<Prefix> prefixes;
    private final Path asked = new Path();

    AddressSet(List<Path> addresses, List<Prefix> prefixes) {
        for (Path address : addresses)
            this.addresses.add(new Path(0, address.addressHigh(), address.addressLow(), 0));
        this.prefixes = prefixes;
    }

    boolean contains(Path address) {
        asked.set(0, address.addressHigh(), address.addressLow(), 0);
        if (addresses.contains(asked))
            return true;
        for (int i = 0; i < prefixes.size(); i++)
            if (prefixes.get(i).contains(address))
                return true;
        return false;
    }
}
