package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ShortTurnsTest {

    /** Policy, nice value and turn as the kernel has them. */
    private record Scheduling(int policy, int nice, long turnNs) {
        static Scheduling ofThisThread() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment attributes = arena.allocate(ShortTurns.SCHED_ATTR, 8);
                assertThat(new Linux().schedGetattr(attributes.address(), ShortTurns.SCHED_ATTR)).isZero();
                return new Scheduling(attributes.get(JAVA_INT, ShortTurns.POLICY),
                        attributes.get(JAVA_INT, ShortTurns.NICE), attributes.get(JAVA_LONG, ShortTurns.RUNTIME));
            }
        }
    }

    @Test
    void aThreadAsksForShortTurnsAndKeepsItsPolicyAndNiceValue() {
        assumeTrue(UdpDriver.NATIVE.loads());
        CompletableFuture<Scheduling> before = new CompletableFuture<>();
        CompletableFuture<Scheduling> after = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            before.complete(Scheduling.ofThisThread());
            ShortTurns.ask();
            after.complete(Scheduling.ofThisThread());
        });
        boolean tells = before.join().turnNs() != 0; // kernels before 6.12 know no turns
        assertThat(after.join()).isEqualTo(new Scheduling(before.join().policy(), before.join().nice(),
                tells ? ShortTurns.TURN_NS : 0));
    }
}
