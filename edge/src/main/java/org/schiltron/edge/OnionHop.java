package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Identity;

/** What a node makes of an onion header that a stream was opened with. */
public sealed interface OnionHop {
    /** The first byte of a stream's header that is an onion's; {@link RouteHeader#TYPE} is the other. */
    byte TYPE = OnionHeader.TYPE;

    /**
     * Takes off a layer. Costs three scalar multiplications, one if it is forged.
     *
     * @param replays of this node
     * @param pool    of the thread that will use what comes out
     */
    static OnionHop peel(Identity self, byte[] header, long epochSeconds, OnionReplays replays, RandomSource random,
            CipherPool pool) {
        return switch (OnionHeader.peel(self, header, epochSeconds, replays)) {
            case OnionHeader.Refused refused -> new Refused(refused.fault());
            case OnionHeader.Layer layer -> {
                OnionReply.Answer answer = OnionReply.answer(layer, random);
                if (answer == null)
                    yield new Refused(OnionFault.NOT_AUTHENTIC);
                yield layer.next() == null
                        ? new Last(layer, answer, random, pool)
                        : new Middle(layer, Objects.requireNonNull(layer.next()), answer);
            }
        };
    }

    /** Reset the stream with {@link OnionFault#reset}. */
    record Refused(OnionFault fault) implements OnionHop {
    }

    /**
     * In the middle: a stream to {@link #next} is to be opened with {@link #header}. What comes from the ingress's side
     * passes through {@link #forward}; of what comes from the other side, first {@link #collect} takes the reply, then the
     * rest passes through {@link #back}. Ends of streams and resets are handed on as they are.
     */
    final class Middle implements OnionHop {
        private final NodeId next;
        private final byte[] header;
        private final Cipher forward;
        private final Cipher back;
        private final OnionKeys keys;
        private OnionReply.@Nullable Answer answer; // until the reply
        private byte[] reply = new byte[OnionReply.LENGTH];
        private int have;

        private Middle(OnionHeader.Layer layer, NodeId next, OnionReply.Answer answer) {
            this.next = next;
            this.answer = answer;
            header = layer.header();
            keys = layer.keys();
            forward = answer.leg().stream("forward");
            back = answer.leg().stream("back");
        }

        public NodeId next() {
            return next;
        }

        public byte[] header() {
            return header.clone();
        }

        /** In place. */
        public void forward(byte[] bytes, int offset, int length) {
            OnionKeys.crypt(forward, bytes, offset, length);
        }

        /** In place, once the reply is on its way. */
        public void back(byte[] bytes, int offset, int length) {
            if (answer != null)
                throw new IllegalStateException("the reply comes first");
            OnionKeys.crypt(back, bytes, offset, length);
        }

        /** Takes bytes of the next node's reply; returns how many, 0 when it is complete. */
        public int collect(byte[] from, int offset, int length) {
            int taken = Math.min(length, reply.length - have);
            System.arraycopy(from, offset, reply, have, taken);
            have += taken;
            return taken;
        }

        /** This node's reply, once, when the next node's has come; else null. */
        public byte @Nullable [] reply() {
            OnionReply.Answer own = answer;
            if (own == null || have < OnionReply.LENGTH)
                return null;
            byte[] wrapped = OnionReply.wrap(keys, own, reply);
            answer = null;
            reply = new byte[0];
            have = 0;
            return wrapped;
        }
    }

    /**
     * At the end of the way: the egress. {@link #take} gives the reply first, then cells; nothing can be read before {@link
     * #ask} has come.
     */
    final class Last implements OnionHop, OnionEnd {
        private final OnionCells cells;
        private byte[] reply;
        private @Nullable LegAsk ask;

        private Last(OnionHeader.Layer layer, OnionReply.Answer answer, RandomSource random, CipherPool pool) {
            reply = OnionReply.wrap(layer.keys(), answer, random.bytes(OnionReply.LENGTH));
            cells = new OnionCells(answer.leg().key("seal back", 32), answer.leg().key("seal forward", 32), List.of(),
                    List.of(), pool);
        }

        /** As {@link OnionSource#onBytes}. */
        @Override
        public int onBytes(byte[] from, int offset, int length) {
            int taken = cells.onBytes(from, offset, length);
            if (ask == null && cells.readable() > 0)
                onAsk();
            return taken;
        }

        private void onAsk() {
            byte[] head = new byte[2];
            cells.read(head, 0, head.length);
            byte[] asked = new byte[Math.min((head[0] & 0xff) << 8 | head[1] & 0xff, cells.readable())];
            cells.read(asked, 0, asked.length);
            ask = LegAsk.decode(ByteBuffer.wrap(asked));
            if (ask == null)
                cells.fail(OnionFault.BAD_BLOCK);
        }

        /** What is wanted, once it has come. */
        public @Nullable LegAsk ask() {
            return ask;
        }

        /** As {@link OnionSource#onStreamEnd}. */
        @Override
        public void onStreamEnd() {
            cells.onStreamEnd();
        }

        /** As {@link OnionSource#write}. */
        @Override
        public int write(byte[] from, int offset, int length) {
            return cells.write(from, offset, length);
        }

        @Override
        public int writable() {
            return cells.room();
        }

        @Override
        public void end() {
            cells.end();
        }

        @Override
        public void reset(ResetReason reason) {
            cells.reset(reason);
        }

        /** As {@link OnionSource#take}; the reply is as long as a cell. */
        @Override
        public int take(byte[] out, int offset) {
            if (reply.length == 0)
                return cells.take(out, offset);
            int length = reply.length;
            System.arraycopy(reply, 0, out, offset, length);
            reply = new byte[0];
            return length;
        }

        /** As {@link OnionSource#read}. */
        @Override
        public int read(byte[] into, int offset, int length) {
            return cells.read(into, offset, length);
        }

        @Override
        public int readable() {
            return cells.readable();
        }

        @Override
        public @Nullable ResetReason peerReset() {
            return cells.peerReset();
        }

        @Override
        public @Nullable OnionFault fault() {
            return cells.fault();
        }

        @Override
        public boolean isDone() {
            return cells.isDone();
        }
    }
}
