package org.schiltron.scenario;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.sim.Link;
import org.schiltron.sim.Router;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Sniffer;
import org.schiltron.sim.Tap;

/** A scenario's taps, put on links as these come to be. */
final class Taps {
    private record Counted(String link, String habit, LongSupplier seen, LongSupplier acted) {
    }

    private final Simulation simulation;
    private final List<TapSpec> specs;
    private final List<Path> everyone;
    private final List<Counted> counted = new ArrayList<>();

    /** @param everyone whom those who sniff may send to */
    Taps(Simulation simulation, List<TapSpec> specs, List<Path> everyone) {
        this.simulation = simulation;
        this.specs = specs;
        this.everyone = everyone;
    }

    /**
     * A link is there.
     *
     * @param near where a tap's own host is attached
     */
    void add(String name, Link oneWay, Link otherWay, Router near) {
        for (int i = 0; i < specs.size(); i++) {
            TapSpec spec = specs.get(i);
            if (spec.links().contains(name))
                add(spec, "tap " + (i + 1) + " on " + name, name, oneWay, otherWay, near);
        }
    }

    private void add(TapSpec spec, String tap, String link, Link oneWay, Link otherWay, Router near) {
        Sniffer.Habit habit = spec.sniffer();
        if (habit != null) {
            Sniffer sniffer = new Sniffer(simulation, tap, oneWay, otherWay, habit, everyone);
            sniffer.host().attach(near);
            simulation.at(spec.startNs(), sniffer::start);
            simulation.at(spec.endNs(), sniffer::stop);
            counted.add(new Counted(link, spec.word(), sniffer::seen, sniffer::sent));
            return;
        }
        SeededRandom random = simulation.random(tap);
        long[] counts = new long[2];
        Tap meddling = (_, datagram) -> {
            counts[0]++;
            if (random.nextDouble() >= spec.share())
                return Tap.PASS;
            counts[1]++;
            return switch (spec.habit()) {
                case DROP -> Tap.DROP;
                case DELAY -> 1 + random.nextLong(spec.byNs());
                default -> {
                    if (datagram.length() > 0) {
                        long at = datagram.offset() + random.nextInt(datagram.length());
                        byte old = datagram.segment().get(ValueLayout.JAVA_BYTE, at);
                        datagram.segment().set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ (1 + random.nextInt(255))));
                    }
                    yield Tap.PASS;
                }
            };
        };
        for (Link way : List.of(oneWay, otherWay)) {
            simulation.at(spec.startNs(), () -> way.tap(meddling));
            simulation.at(spec.endNs(), () -> way.untap(meddling));
        }
        counted.add(new Counted(link, spec.word(), () -> counts[0], () -> counts[1]));
    }

    List<Result.Tap> results() {
        return counted.stream()
                .map(tap -> new Result.Tap(tap.link, tap.habit, tap.seen.getAsLong(), tap.acted.getAsLong()))
                .toList();
    }
}
