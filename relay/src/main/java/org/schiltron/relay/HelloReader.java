package org.schiltron.relay;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what TLS that is passed through shows of itself: its client's first message. One for each connection. */
public interface HelloReader {
    /** @param bytes all that came so far, from position to limit; left as they are */
    Opening.Verdict read(ByteBuffer bytes);

    /** After OK: the name asked for, in lower case; null if there is none. */
    @Nullable
    String serverName();

    /** After OK: the application protocols offered, the preferred one first. */
    List<String> protocols();
}
