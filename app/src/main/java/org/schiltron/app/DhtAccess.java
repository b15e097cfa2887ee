package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Dht;

/**
 * The way into the BitTorrent DHT, if the optional module is there.
 *
 * @param provider null if the module is missing
 * @param nodes    to begin at
 * @param progress is told in lines for a person what takes longer than a second
 */
record DhtAccess(Dht.@Nullable Provider provider, List<InetSocketAddress> nodes, Consumer<String> progress) {
    /** What is looked at in messages. */
    static final String PLACE = "the BitTorrent DHT";
    /** Where most programs begin: kept by BitTorrent, libtorrent's author and Transmission. */
    private static final List<String> PUBLIC_NODES = List.of("router.bittorrent.com:6881", "dht.libtorrent.org:25401",
            "dht.transmissionbt.com:6881");

    /** @param nodes empty for the public ones */
    static DhtAccess of(List<InetSocketAddress> nodes, Consumer<String> progress) {
        return new DhtAccess(ServiceLoader.load(Dht.Provider.class).findFirst().orElse(null),
                nodes.isEmpty() ? PUBLIC_NODES.stream().map(Addresses::parse).toList() : List.copyOf(nodes), progress);
    }

    /** @throws Failure that says what is missing */
    Dht open() {
        Dht.Provider from = provider;
        if (from == null)
            throw new Failure(Exit.USAGE, PLACE
                    + ": the optional module org.schiltron.dht is not here: build it (mvn -pl"
                    + " dht -am package, or the launcher without SCHILTRON_DHT=off), or say where else the record lies:"
                    + " schiltron:KEY@ and https://..., file:... or a DNS name");
        try {
            return from.open(nodes);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, PLACE + ": " + Reason.of(e), e);
        }
    }

    /** Runs {@code work}, and tells how far it is. */
    <T> T watch(String what, Dht dht, Callable<T> work) {
        CountDownLatch done = new CountDownLatch(1);
        Thread teller = Thread.ofPlatform().daemon().name("dht-progress").start(() -> tell(what, dht, done));
        try {
            return work.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            done.countDown();
            teller.interrupt();
        }
    }

    private void tell(String what, Dht dht, CountDownLatch done) {
        try {
            for (int seconds = 1; !done.await(1, TimeUnit.SECONDS); seconds++)
                progress.accept(what + ": " + dht.progress() + " nodes have answered (" + seconds + " s)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String nodeNames() {
        return nodes.stream().map(Addresses::toText).collect(Collectors.joining(", "));
    }
}
