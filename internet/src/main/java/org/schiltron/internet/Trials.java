package org.schiltron.internet;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mailboxes of some number, flooded: each number is placed and its siege solved anew, since ten mailboxes draw the attack to
 * the links of ten ASes, and a thousand do not. Above {@link #places}, many more than ASes, each AS has its share
 * of them.
 */
final class Trials {
    /** So many times in small steps; a step is a siege. */
    private static final int SMALL_STEPS = 8;
    private static final double UNBOUNDED = 1e15;

    private final Setup setup;
    private final SizeQuestion question;
    private final Botnet botnet;
    private final Progress progress;
    private final Scene spread;
    private final Map<Trial, Sizing> solved = new LinkedHashMap<>();
    private Scene latest;

    private record Trial(int mailboxes, int copies) {
    }

    /** @param botnet with the rate of the attack */
    Trials(Setup setup, SizeQuestion question, World world, int server, Botnet botnet, Progress progress) {
        this.setup = setup;
        this.question = question;
        this.botnet = botnet;
        this.progress = progress;
        boolean[] sends = Scene.senders(world);
        Mailboxes mailboxes = setup.placed(world, server);
        while (mailboxes.count() > Copies.SET && !Ways.fit(2 * mailboxes.ases().length, sends)) // beside the latest
            mailboxes = placed(mailboxes.count() / 2, world, server);
        spread = Scene.of(world, server, mailboxes, progress);
        latest = spread;
    }

    private Mailboxes placed(int count, World world, int server) {
        return new Setup(setup.files(), setup.ases(), setup.seed(), setup.bots(), count, setup.rings(),
                setup.server()).placed(world, server);
    }

    /** With as many mailboxes as are placed at most. */
    Scene spread() {
        return spread;
    }

    int places() {
        return spread.mailboxes().count();
    }

    /** Each mailbox draws the same part of the attack. */
    static Botnet even(Botnet botnet, int mailboxes) {
        double[] targets = new double[mailboxes];
        Arrays.fill(targets, 1.0 / mailboxes);
        return new Botnet(botnet.rates(), targets, botnet.bots(), botnet.total());
    }

    /** Mean share of packets that come through in quiet hours. */
    double calm() {
        Siege siege = new Siege(spread.ofServerAlone(), Capacities.TODAY, UNBOUNDED, question.linkBits(),
                question.trafficBits(), 0);
        return siege.against(even(botnet.scaledTo(0), places()), spread.ringed(0), _ -> {
        }).mean();
    }

    /** Of the attack alone; the siege has all traffic in so many copies. */
    Sizing flooded(long mailboxes, int copies) {
        Trial trial = new Trial((int) Math.min(mailboxes, places()), copies);
        Sizing known = solved.get(trial);
        if (known != null)
            return known;
        progress.at("mailboxes flooded: " + trial.mailboxes, -1);
        Scene scene = scene(trial.mailboxes);
        Siege siege = new Siege(scene, Capacities.TODAY, UNBOUNDED, question.linkBits(),
                copies * question.trafficBits(), 0);
        Sizing sizing = Sizing.of(siege, siege.against(even(botnet, trial.mailboxes), scene.ringed(0), _ -> {
        }));
        solved.put(trial, sizing);
        return sizing;
    }

    private Scene scene(int mailboxes) {
        if (mailboxes == places())
            return spread;
        if (latest.mailboxes().count() != mailboxes)
            latest = Scene.of(spread.world(), spread.server(),
                    placed(mailboxes, spread.world(), spread.server()), Progress.SILENT);
        return latest;
    }

    /** Mean share of the copies that come through. */
    double passing(long mailboxes, double linkBits, int copies) {
        return loaded(mailboxes, copies).passing(mailboxes, linkBits);
    }

    private Sizing loaded(long mailboxes, int copies) {
        return flooded(mailboxes, copies).with(copies * question.trafficBits() * (1 + Siege.REQUEST_SHARE));
    }

    /**
     * A number of mailboxes that loses no more than may be lost: begins with what would do were they spread like
     * {@link #places}, raises it until the siege of so many agrees, and then halves the distance to the last that did not,
     * to a twentieth.
     *
     * @return -1: no number does
     */
    long needed(double linkBits, int copies) {
        double least = 1 - StrictMath.pow(question.loss(), 1.0 / copies);
        long spreadOut = loaded(places(), copies).needed(linkBits, copies, question.loss());
        if (spreadOut < 0)
            return -1;
        long low = Math.max(spreadOut, Copies.SET) - 1;
        long high = low + 1;
        for (int trial = 1; high <= places(); trial++) {
            double passing = passing(high, linkBits, copies);
            if (passing >= least)
                break;
            low = high;
            long step = trial <= SMALL_STEPS ? Math.max(1, low / 10) : low;
            // The root: packets meet the full links of their mailbox's network twice where that is the service's as well.
            high = Math.max(low + step, (long) (low * Math.sqrt(least / passing)));
        }
        while (high - low > Math.max(1, low / 20)) {
            long middle = (low + high) >>> 1;
            if (passing(middle, linkBits, copies) >= least)
                high = middle;
            else
                low = middle;
        }
        return high;
    }
}
