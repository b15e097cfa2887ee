package org.schiltron.app;

import java.io.PrintWriter;
import java.time.Duration;
import org.schiltron.swarm.DoorState;

/** Tells whoever waits what the door asks for, once it takes longer than a second, and then whenever that has changed. */
final class DoorProgress implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ConnectRole role;
    private final PrintWriter out;
    private final Thread thread;

    private DoorProgress(ConnectRole role, PrintWriter out) {
        this.role = role;
        this.out = out;
        thread = Thread.ofVirtual().name("door").unstarted(this::run);
    }

    static DoorProgress start(ConnectRole role, PrintWriter out) {
        DoorProgress progress = new DoorProgress(role, out);
        progress.thread.start();
        return progress;
    }

    private void run() {
        String said = "";
        try {
            while (true) {
                Thread.sleep(PAUSE);
                DoorState door = role.door();
                String now = door.mailboxes() == 0 ? "" : text(door);
                if (!now.isEmpty() && !now.equals(said))
                    out.println(now);
                said = now;
            }
        } catch (InterruptedException | Failure e) {
            // closed
        }
    }

    static String text(DoorState door) {
        return "door: crowded; working at " + door.mailboxes() + (door.mailboxes() == 1 ? " mailbox" : " mailboxes")
                + ", best " + Math.max(0, door.bestBits()) + " bits"
                + (door.goingBits() > 0 ? ", others get in with " + door.goingBits() : "")
                + (door.queued() > 0 ? ", waiting at " + door.queued() : "");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
