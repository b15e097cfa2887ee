package org.schiltron.edge;

/** Which of a service's addresses its routes are announced for (Mayday, section 3.7). */
public enum ServiceMode {
    /** The normal address: proximity routing, or clients directly. */
    NORMAL,
    /** A secure address: a stricter route and authenticator. */
    SECURE
}
