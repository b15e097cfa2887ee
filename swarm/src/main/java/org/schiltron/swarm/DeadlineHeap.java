package org.schiltron.swarm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;

/** The parts of an endpoint by their next deadline: a binary heap that knows each part's place. */
final class DeadlineHeap {
    private @Nullable Timed[] heap = new Timed[64];
    private int size;

    long nextNs() {
        Timed first = heap[0];
        return size == 0 || first == null ? Machine.NO_DEADLINE : first.deadlineNs;
    }

    /** The part whose deadline has come, or null. It stays in the heap: update it. */
    @Nullable
    Timed due(long nowNs) {
        return nextNs() <= nowNs ? heap[0] : null;
    }

    /** Enters, moves, or with {@link Machine#NO_DEADLINE} removes. */
    void update(Timed part, long deadlineNs) {
        if (deadlineNs == Machine.NO_DEADLINE) {
            remove(part);
            return;
        }
        part.deadlineNs = deadlineNs;
        if (part.heapIndex < 0) {
            if (size == heap.length)
                heap = Arrays.copyOf(heap, 2 * size);
            place(part, size++);
        }
        up(part);
        down(part);
    }

    void remove(Timed part) {
        int hole = part.heapIndex;
        if (hole < 0)
            return;
        part.heapIndex = -1;
        Timed last = heap[--size];
        heap[size] = null;
        if (last == null || last == part)
            return;
        place(last, hole);
        up(last);
        down(last);
    }

    private void place(Timed part, int index) {
        heap[index] = part;
        part.heapIndex = index;
    }

    private void up(Timed part) {
        int index = part.heapIndex;
        while (index > 0) {
            Timed parent = at((index - 1) / 2);
            if (parent.deadlineNs <= part.deadlineNs)
                break;
            place(parent, index);
            index = (index - 1) / 2;
        }
        place(part, index);
    }

    private void down(Timed part) {
        int index = part.heapIndex;
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).deadlineNs < at(child).deadlineNs)
                child++;
            if (at(child).deadlineNs >= part.deadlineNs)
                break;
            place(at(child), index);
            index = child;
        }
        place(part, index);
    }

    private Timed at(int index) {
        Timed part = heap[index];
        if (part == null)
            throw new AssertionError("hole in the heap at " + index);
        return part;
    }
}
