package org.schiltron.app;

/** The command line. */
public final class Schiltron {
    private Schiltron() {
    }

    public static void main(String[] args) {
        System.out.println("schiltron");
    }
}
