package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP as {@link HttpStream} and {@link HttpAnswers} follow it, for who does not look at the requests himself. After an
 * upgrade nothing is checked. The two directions may be read by two threads.
 */
final class HttpVerifier implements StreamVerifier {
    private final HttpAnswers answers = new HttpAnswers();
    private final HttpStream stream = new HttpStream(answers);

    @Override
    public int fromClient(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate();
        while (goesOn(stream.read(rest)))
            rest.position(rest.position() + stream.length());
        return rest.position() - bytes.position();
    }

    @Override
    public int fromBackend(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate();
        while (goesOn(answers.read(rest)))
            rest.position(rest.position() + answers.length());
        return rest.position() - bytes.position();
    }

    @Override
    public @Nullable Refusal refusal() {
        return stream.refusal() == null ? answers.refusal() : stream.refusal();
    }

    private static boolean goesOn(HttpPart part) {
        return part == HttpPart.HEAD || part == HttpPart.BODY || part == HttpPart.TUNNEL;
    }
}
