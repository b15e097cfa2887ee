package org.schiltron.app;

import java.util.List;
import org.schiltron.proof.ServiceRecord.ListName;

/**
 * A place where records lie. Nothing it says is trusted: the keys decide.
 */
interface NameSource extends AutoCloseable {
    /** Longest answer that is read for a record, in bytes. */
    int MAX_ANSWER_BYTES = TextFiles.MAX_BYTES;

    /**
     * Texts there that may be a record, a link or a succession.
     *
     * @throws Failure if there are none, or nobody answers
     */
    List<String> lines();

    /** The bytes that a record there calls its swarm list; whether they are is for the caller to check. */
    byte[] list(ListName name);

    /** What there is to say about the answer, in lines for a person. */
    default List<String> notes() {
        return List.of();
    }

    /** What was opened on the way. */
    @Override
    default void close() {
    }
}
