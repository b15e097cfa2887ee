package org.schiltron.app;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.RejectedExecutionException;
import org.schiltron.host.UdpCounters;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Counters;
import tools.jackson.databind.node.ObjectNode;

/** One running machine with its loop: what a role process consists of, and what it reports about it. */
interface Part extends AutoCloseable {
    /** mailbox, ring, protect or connect. */
    String role();

    /** Which of several of this role in one process; "0" where there is one. */
    String instance();

    Counters counters();

    UdpSockets sockets();

    /** Adds its gauges. */
    void measure(Metrics metrics);

    /** Adds what {@code status} shows beside the counters. May wait for the loop. */
    void report(ObjectNode status);

    @Override
    void close();

    /** What the system did with datagrams before or after the machine. */
    static void reportSockets(UdpSockets sockets, ObjectNode status) {
        UdpCounters counters = sockets.counters();
        status.putObject("udp").put("receiveDropped", sockets.kernelDrops()).put("sendDropped", counters.fullOut())
                .put("sendRefused", counters.unreachableOut()).put("trainsRefused", counters.trainsRefused());
    }

    /** Counters as {@code status} shows them. */
    static void reportCounters(Counters counters, ObjectNode status) {
        status.put("datagramsIn", counters.datagramsIn()).put("bytesIn", counters.bytesIn())
                .put("datagramsOut", counters.datagramsOut()).put("bytesOut", counters.bytesOut());
        ObjectNode drops = status.putObject("drops");
        for (var drop : counters.drops().entrySet())
            drops.put(drop.getKey().label(), drop.getValue());
    }

    /** What a loop answers, or a {@link Failure} if it does not within two seconds. */
    static <T> T answer(Future<T> question) {
        return answer(question, 2);
    }

    static <T> T answer(Future<T> question, int seconds) {
        try {
            return question.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            throw new Failure(Exit.FAILED, "the role is stopping or too busy to answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        }
    }

}
