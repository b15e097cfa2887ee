package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Legs that never come about. */
final class FakeLegs implements LegDialer {
    final AtomicInteger dialled = new AtomicInteger();
    final AtomicInteger reset = new AtomicInteger();

    @Override
    public Leg dial(Loop loop, Request request, End.Events events) {
        dialled.incrementAndGet();
        return new Leg() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                throw new IOException("not connected");
            }

            @Override
            public int write(ByteBuffer from) throws IOException {
                throw new IOException("not connected");
            }

            @Override
            public void want(boolean readable, boolean writable) {
                throw new AssertionError("not connected");
            }

            @Override
            public void endOutput() throws IOException {
                throw new IOException("not connected");
            }

            @Override
            public void close() {
                throw new AssertionError("not connected");
            }

            @Override
            public void reset() {
                reset.incrementAndGet();
            }
        };
    }
}
