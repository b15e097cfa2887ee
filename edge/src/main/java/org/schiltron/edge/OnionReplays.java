package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers that a node has peeled, for as long as they are good: none is taken twice, or somebody who recorded one
 * could watch where its copy goes. Bound: {@value #MOST}, some 8 MB, so at most 546 legs a second; past it new headers are
 * refused, since forgetting one early would let it in again.
 */
public final class OnionReplays {
    static final int MOST = 65_536;
    private static final int REMEMBERED_SECONDS = OnionHeader.GOOD_SECONDS + 2 * OnionHeader.SKEW_SECONDS;

    private record Tag(long high, long low) {
    }

    private final Map<Tag, Long> until = new LinkedHashMap<>(); // oldest first

    /** Null if it comes for the first time; from then on it has come. */
    @Nullable
    OnionFault add(byte[] tag, long epochSeconds) {
        for (Iterator<Long> oldest = until.values().iterator(); oldest.hasNext() && oldest.next() < epochSeconds;)
            oldest.remove();
        ByteBuffer from = ByteBuffer.wrap(tag);
        Tag key = new Tag(from.getLong(), from.getLong());
        if (until.containsKey(key))
            return OnionFault.REPLAYED;
        if (until.size() == MOST)
            return OnionFault.FULL;
        until.put(key, epochSeconds + REMEMBERED_SECONDS);
        return null;
    }

    int size() {
        return until.size();
    }
}
