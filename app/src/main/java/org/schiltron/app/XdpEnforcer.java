package org.schiltron.app;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.Hiding;
import org.schiltron.filter.RuleSet;
import org.schiltron.host.Entropy;
import org.schiltron.xdp.XdpRing;

/** Rules in XDP, on this machine's interfaces. */
final class XdpEnforcer implements Enforcer {
    private static final int REQUESTS_PER_LINE = 6; // of 15 slots: one in 1,000 is pushed out when all stand

    private final XdpRing ring;
    private final boolean hasInside;
    private final @Nullable BorderSharing sharing;

    private XdpEnforcer(XdpRing ring, boolean hasInside, @Nullable BorderSharing sharing) {
        this.ring = ring;
        this.hasInside = hasInside;
        this.sharing = sharing;
    }

    static XdpEnforcer open(RuleSet rules, Settings settings) throws IOException {
        List<String> outside = settings.texts(RingSettings.OUTSIDE);
        List<String> inside = settings.texts(RingSettings.INSIDE);
        if (outside.isEmpty())
            throw new Failure(Exit.USAGE, "--xdp needs --outside INTERFACE, where what is to be judged comes in");
        String asked = asksInside(rules);
        if (inside.isEmpty() && asked != null)
            throw new Failure(Exit.USAGE, asked);
        XdpRing.Mode mode = mode(settings);
        int lines = Math.max(1, settings.integer(RingSettings.STANDING_REQUESTS) / REQUESTS_PER_LINE);
        RingBorders borders = RingBorders.read(settings, rules);
        XdpRing ring = new XdpRing(rules, borders.programs(), lines, new Entropy(),
                settings.file(RingSettings.XDP_PIN));
        BorderSharing sharing = null;
        try {
            sharing = borders.share(ring);
            for (String name : inside)
                ring.attach(name, true, mode);
            for (String name : outside)
                ring.attach(name, false, mode);
            return new XdpEnforcer(ring, !inside.isEmpty(), sharing);
        } catch (IOException | RuntimeException e) {
            if (sharing != null)
                sharing.close();
            ring.close();
            throw e;
        }
    }

    /** What is wrong with them where nothing is known of what comes from inside, or null. */
    private static @Nullable String asksInside(RuleSet rules) {
        if (!rules.watchesRequests() && rules.hides().equals(Hiding.NOTHING))
            return null;
        return rules.file()
                + (rules.watchesRequests() ? " has a rule about what was requested" : " hides what comes from inside")
                + ": give --inside INTERFACE too, behind which the protected addresses are";
    }

    private static XdpRing.Mode mode(Settings settings) {
        return switch (String.valueOf(settings.text(RingSettings.XDP_MODE))) {
            case "any" -> XdpRing.Mode.ANY;
            case "driver" -> XdpRing.Mode.DRIVER;
            case "generic" -> XdpRing.Mode.GENERIC;
            default -> throw settings.wrong(RingSettings.XDP_MODE, "not one of any, driver, generic");
        };
    }

    @Override
    public String name() {
        return "xdp";
    }

    @Override
    public void change(RuleSet rules) throws IOException {
        String asked = asksInside(rules);
        if (!hasInside && asked != null)
            throw new IOException(asked);
        ring.change(rules);
    }

    @Override
    public Map<String, Long> verdicts() throws IOException {
        return ring.verdicts();
    }

    @Override
    public List<Long> matches() throws IOException {
        return ring.matches();
    }

    @Override
    public Map<String, Long> shared() throws IOException {
        return sharing == null ? Map.of() : sharing.counts();
    }

    @Override
    public void keep() throws IOException {
        ring.keep();
    }

    @Override
    public List<String> watch() throws IOException {
        return ring.watch();
    }

    @Override
    public void tick() throws IOException {
        ring.turn();
    }

    @Override
    public void close() {
        if (sharing != null)
            sharing.close();
        ring.close();
    }
}
