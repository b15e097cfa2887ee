package org.schiltron.figures;

import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a {@link Chart}: what it shows, from where to where.
 *
 * @param least drawn at the axis's beginning; values below are drawn there too
 * @param most  drawn at its end; values above are drawn there too
 * @param ticks where it is marked
 */
public record Axis(String label, double least, double most, boolean logarithmic, List<Tick> ticks) {
    /** A mark and its words. */
    public record Tick(double at, String words) {
    }

    public Axis {
        if (!(least < most) || (logarithmic && least <= 0))
            throw new IllegalArgumentException(label + ": from " + least + " to " + most);
        ticks = List.copyOf(ticks);
    }

    /** 0 % to 100 %, for values from 0 to 1. */
    public static Axis share(String label) {
        List<Tick> ticks = new ArrayList<>();
        for (int percent = 0; percent <= 100; percent += 20)
            ticks.add(new Tick(percent / 100.0, percent + " %"));
        return new Axis(label, 0, 1, false, ticks);
    }

    public static Axis linear(String label, double least, double most, Tick... ticks) {
        return new Axis(label, least, most, false, List.of(ticks));
    }

    public static Axis logarithmic(String label, double least, double most, Tick... ticks) {
        return new Axis(label, least, most, true, List.of(ticks));
    }

    /** 0 at the beginning, 1 at the end. */
    double place(double value) {
        double within = Math.clamp(value, least, most);
        return logarithmic
                ? StrictMath.log(within / least) / StrictMath.log(most / least)
                : (within - least) / (most - least);
    }
}
