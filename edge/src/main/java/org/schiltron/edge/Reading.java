package org.schiltron.edge;

/** What a reader of an opening says of the bytes so far. */
public enum Reading {
    /** Not complete: call again with what came since. */
    MORE,
    /** Complete and well-formed. */
    OK,
    /** Whatever follows, it is not let in; the reader names a {@link Refusal}. */
    REFUSED
}
