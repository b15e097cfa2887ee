package org.schiltron.ring;

import java.util.List;
import org.schiltron.machine.Path;

/** Which addresses a ring node sends to for a customer at all, whatever was granted. */
final class Destinations {
    private final boolean allowPrivate;
    private final Path[] own;

    Destinations(boolean allowPrivate, List<Path> own) {
        this.allowPrivate = allowPrivate;
        this.own = own.toArray(new Path[0]);
    }

    boolean allowed(Path to) {
        if (to.port() == 0 || !(to.isPublic() || allowPrivate && isUnicast(to)))
            return false;
        for (Path mine : own) {
            if (mine.sameAddress(to))
                return false;
        }
        return true;
    }

    /** Neither unspecified nor multicast, broadcast or reserved. */
    private static boolean isUnicast(Path to) {
        if (to.isIpv4()) {
            int first = (int) (to.addressLow() >>> 24) & 0xff;
            return first != 0 && first < 224;
        }
        return to.addressHigh() >>> 56 != 0xff && (to.addressHigh() != 0 || to.addressLow() != 0);
    }

    static boolean isLoopback(Path path) {
        return path.isIpv4()
                ? (path.addressLow() >>> 24 & 0xff) == 127
                : path.addressHigh() == 0 && path.addressLow() == 1;
    }
}
