package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlarmTest {
    @Test
    void eachRingsOnceNotBeforeItsTimeAndInOrder() throws Exception {
        List<String> rung = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (EventLoop loop = EventLoop.start("alarms", System::nanoTime)) {
            loop.execute(() -> {
                long startNs = loop.nowNs();
                Alarm[] cancelled = new Alarm[1];
                cancelled[0] = new Alarm(loop, () -> rung.add("cancelled"));
                cancelled[0].set(startNs + 4_000_000);
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    new Alarm(loop, () -> {
                        rung.add((loop.nowNs() - startNs >= 2_000_000 ? "same " : "early ") + number);
                        cancelled[0].cancel();
                    }).set(startNs + 2_000_000);
                }
                new Alarm(loop, () -> rung.add("due at once")).set(startNs - 5);
                Alarm moved = new Alarm(loop, () -> rung.add("moved"));
                moved.set(startNs + 1_000_000);
                moved.set(startNs + 3_000_000);
                Alarm never = new Alarm(loop, () -> rung.add("never"));
                never.set(startNs + 1_000_000);
                never.set(Long.MAX_VALUE);
                new Alarm(loop, () -> {
                    throw new IllegalStateException("the others ring all the same");
                }).set(startNs + 2_500_000);
                new Alarm(loop, () -> done.complete(null)).set(startNs + 6_000_000);
            });
            done.get();
        }
        assertThat(rung).containsExactly("due at once", "same 0", "same 1", "same 2", "moved");
    }
}
