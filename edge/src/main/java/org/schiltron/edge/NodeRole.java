package org.schiltron.edge;

/** What a node may do beside relaying, which all do (Mayday, section 3.2; SOS's names in 3.6). */
public enum NodeRole {
    /** Takes clients: an access node. */
    INGRESS("ingress"),
    /** May be a service's beacon, which knows its servlets. */
    BEACON("beacon"),
    /** Holds the authenticator: an egress, or servlet. */
    EGRESS("egress");

    private final String text;

    NodeRole(String text) {
        this.text = text;
    }

    /** As in configuration. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException that names those there are */
    public static NodeRole parse(String text) {
        for (NodeRole role : values())
            if (role.text.equals(text))
                return role;
        throw new IllegalArgumentException(
                "\"" + AuthenticatorField.shorten(text) + "\" is no role: ingress, beacon or egress");
    }
}
