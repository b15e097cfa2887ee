package org.schiltron.bgp;

/** One condition of a rule; a packet must meet all of them. */
public sealed interface FlowComponent permits FlowPrefix, FlowMatch {
    FlowField field();
}
