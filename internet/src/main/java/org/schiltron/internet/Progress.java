package org.schiltron.internet;

/** Hears how far long work has come. */
@FunctionalInterface
public interface Progress {
    Progress SILENT = (_, _) -> {
    };

    /** @param part of {@code what}, 0 to 1; negative when nobody knows */
    void at(String what, double part);
}
