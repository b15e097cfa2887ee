package org.schiltron.dht;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.schiltron.host.Dht;

/** Found by {@link java.util.ServiceLoader}. */
public final class MainlineDhtProvider implements Dht.Provider {
    @Override
    public Dht open(List<InetSocketAddress> nodes) throws IOException {
        NativeLibrary.load();
        return new MainlineDht(nodes);
    }
}
