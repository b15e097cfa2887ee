package org.schiltron.sim;

/** How far apart nodes are, between the far ends of their access links. */
@FunctionalInterface
public interface CoreDelay {
    /** The base delay from one node to another, at least 0. Must not depend on anything that is not seeded. */
    long delayNs(Node<?, ?> from, Node<?, ?> to);
}
