package org.schiltron.app;

/** The demo's phases, in their order. */
enum DemoPhase {
    CALM_DIRECT("direct", "no attack, clients use the old address"), FLOOD_DIRECT("direct",
            "flood at the old address"), CALM_SCHILTRON("schiltron", "no attack"), FLOOD_SCHILTRON("schiltron",
                    "flood at the old address (blackholed), contact mailboxes and ring nodes"), HALF_DEGRADED(
                            "schiltron",
                            "the same flood, and half of the mailboxes lose 75 % of what arrives"), THIRD_KILLED(
                                    "schiltron",
                                    "the same flood, and a third of the mailboxes are killed"), FLOOD_RINGS("schiltron",
                                            "flood at half of the ring nodes"), ADDRESS_LEAKED("schiltron",
                                                    "flood at the hidden address, no upstream filter: expected to fail"), ADDRESS_LEAKED_FILTERED(
                                                            "schiltron", "the same, with the provider's access list");

    private final String path;
    private final String what;

    DemoPhase(String path, String what) {
        this.path = path;
        this.what = what;
    }

    /** As in the JSON. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** How clients reach the service: {@code direct} or {@code schiltron}. */
    String path() {
        return path;
    }

    String what() {
        return what;
    }
}
