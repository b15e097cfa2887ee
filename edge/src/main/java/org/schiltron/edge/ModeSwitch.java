package org.schiltron.edge;

import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides between a service's normal and secure mode (Mayday, section 3.7), from samples of how full its access link is
 * and how much is lost there, or on a person's word.
 *
 * <p>Each sample says how it was since the one before. While it is pressed, time is counted up, else down again; at
 * {@code upNs} the mode is secure. Counting down rather than starting anew keeps a flood in bursts from staying below.
 * Back to normal it goes after {@code downNs} of nothing but calm. Where the flood comes back within that time after a
 * return, the next return takes twice as long, up to a bound: an attacker who waits for normal mode switches the service
 * ever more rarely. It takes half as long again after a normal stretch of that time.
 *
 * <p>The samples are of everything that comes for the service, what the ring drops included; else a ring that does its
 * work looks like calm. A sample that is no number is passed over, and counts for nothing; a gap between samples counts
 * as {@value #MOST_GAP_NS} ns at most, so that one sample after a long silence does not switch by itself.
 */
public final class ModeSwitch {
    static final long MOST_GAP_NS = 250_000_000L;

    private final ModeThresholds thresholds;
    private final ArrayDeque<ModeEvent> events = new ArrayDeque<>(4);
    private ServiceMode mode = ServiceMode.NORMAL;
    private boolean held;
    private boolean sampled;
    private long sampleNs;
    private long pressedNs; // counted, in normal mode
    private long calmNs; // counted, in secure mode
    private long downNs; // before the next return
    private long returnedNs; // when it last went back to normal by itself
    private boolean returned;
    private long switches;
    private long badSamples;

    public ModeSwitch(ModeThresholds thresholds) {
        this.thresholds = thresholds;
        downNs = thresholds.downNs();
    }

    /**
     * How it was since the last sample.
     *
     * @param utilisation of the access link, 0 to 1; what is beyond counts as 1
     * @param loss        of packets there, 0 to 1
     */
    public void onSample(long nowNs, double utilisation, double loss) {
        if (!(utilisation >= 0) || !(loss >= 0)) { // not a number, too
            badSamples++;
            return;
        }
        long gapNs = sampled ? Math.clamp(nowNs - sampleNs, 0, MOST_GAP_NS) : 0;
        sampled = true;
        sampleNs = nowNs;
        if (held)
            return;
        if (mode == ServiceMode.NORMAL)
            onNormal(nowNs, gapNs, utilisation, loss);
        else
            onSecure(nowNs, gapNs, utilisation, loss);
    }

    private void onNormal(long nowNs, long gapNs, double utilisation, double loss) {
        if (returned && nowNs - returnedNs >= downNs && downNs > thresholds.downNs()) {
            downNs = Math.max(thresholds.downNs(), downNs / 2);
            returnedNs = nowNs;
        }
        boolean pressed = utilisation >= thresholds.utilisationUp() || loss >= thresholds.lossUp();
        pressedNs = pressed ? pressedNs + gapNs : Math.max(0, pressedNs - gapNs);
        if (!pressed || pressedNs < thresholds.upNs())
            return;
        if (returned && nowNs - returnedNs < downNs)
            downNs = Math.min(thresholds.mostDownNs(), 2 * downNs);
        become(ServiceMode.SECURE, false, String.format(Locale.ROOT,
                "%.0f %% of the access link in use, %.1f %% lost, for %.1f s", 100 * Math.min(1, utilisation),
                100 * Math.min(1, loss), pressedNs / 1e9));
    }

    private void onSecure(long nowNs, long gapNs, double utilisation, double loss) {
        boolean calm = utilisation < thresholds.utilisationDown() && loss < thresholds.lossDown();
        calmNs = calm ? calmNs + gapNs : 0;
        if (!calm || calmNs < downNs)
            return;
        returned = true;
        returnedNs = nowNs;
        become(ServiceMode.NORMAL, false, String.format(Locale.ROOT,
                "less than %.0f %% of the access link in use and %.1f %% lost for %.0f s",
                100 * thresholds.utilisationDown(), 100 * thresholds.lossDown(), calmNs / 1e9));
    }

    /** A person says what the mode is, until {@link #release}. */
    public void hold(ServiceMode wanted) {
        held = true;
        events.add(new ModeEvent.Held(wanted));
        if (mode != wanted)
            become(wanted, true, "by hand");
    }

    /** Samples decide again, from the mode there is, with nothing counted. */
    public void release() {
        if (!held)
            return;
        held = false;
        events.add(new ModeEvent.Released());
        pressedNs = 0;
        calmNs = 0;
    }

    private void become(ServiceMode next, boolean byHand, String reason) {
        mode = next;
        pressedNs = 0;
        calmNs = 0;
        switches++;
        events.add(new ModeEvent.Switched(next, byHand, reason));
    }

    public ServiceMode mode() {
        return mode;
    }

    public boolean isHeld() {
        return held;
    }

    /** How long it has to be calm before the next return. */
    public long downNs() {
        return downNs;
    }

    /** How often the mode has changed. */
    public long switches() {
        return switches;
    }

    /** Samples that were no numbers. */
    public long badSamples() {
        return badSamples;
    }

    public @Nullable ModeEvent pollEvent() {
        return events.poll();
    }
}
