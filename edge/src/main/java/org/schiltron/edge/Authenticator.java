package org.schiltron.edge;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an egress puts into its packets and the ring looks for (Mayday, section 3.4): any of five fields, alone or
 * together. As secret as a key: {@link #toString} names the fields only.
 *
 * @param source          the egress's address; null if it does not matter
 * @param sourcePort      1 to 65,535, or 0 if it does not matter
 * @param destination     the service's address, of the same family as {@code source}; null if it does not matter
 * @param destinationPort 1 to 65,535, or 0 if it does not matter
 * @param key             the secondary key; null if there is none
 */
public record Authenticator(@Nullable IpAddress source, int sourcePort, @Nullable IpAddress destination,
        int destinationPort, @Nullable Integer key) {
    /** Longest text read, in characters. */
    public static final int MAX_CHARACTERS = 256;

    /** @throws IllegalArgumentException that says what is wrong */
    public Authenticator {
        if (sourcePort < 0 || sourcePort > 65_535 || destinationPort < 0 || destinationPort > 65_535)
            throw new IllegalArgumentException("a port of an authenticator is not one of 1-65535");
        if (source == null && sourcePort == 0 && destination == null && destinationPort == 0 && key == null)
            throw new IllegalArgumentException("an authenticator has at least one part");
        if (source != null && destination != null && source.isIpv4() != destination.isIpv4())
            throw new IllegalArgumentException(
                    "source " + source + " and destination " + destination + " are not of one family");
    }

    /**
     * Reads {@code source=192.0.2.7, source-port=40001, destination=203.0.113.9, destination-port=8443, key=1a2b3c4d},
     * any of these in any order; a key is one to eight hexadecimal digits.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    public static Authenticator parse(String text) {
        if (text.length() > MAX_CHARACTERS)
            throw new IllegalArgumentException("an authenticator has at most 256 characters");
        Map<AuthenticatorField, String> parts = new EnumMap<>(AuthenticatorField.class);
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0)
                throw new IllegalArgumentException("\"" + AuthenticatorField.shorten(part.strip())
                        + "\" is not name=value, such as destination-port=8443");
            AuthenticatorField field = AuthenticatorField.parse(part.substring(0, equals).strip());
            if (parts.put(field, part.substring(equals + 1).strip()) != null)
                throw new IllegalArgumentException("an authenticator has one " + field.text());
        }
        return new Authenticator(address(parts, AuthenticatorField.SOURCE_ADDRESS),
                port(parts, AuthenticatorField.SOURCE_PORT), address(parts, AuthenticatorField.DESTINATION_ADDRESS),
                port(parts, AuthenticatorField.DESTINATION_PORT), key(parts.get(AuthenticatorField.KEY)));
    }

    private static @Nullable IpAddress address(Map<AuthenticatorField, String> parts, AuthenticatorField field) {
        String text = parts.get(field);
        if (text == null)
            return null;
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field.text() + ": " + e.getMessage(), e);
        }
    }

    private static int port(Map<AuthenticatorField, String> parts, AuthenticatorField field) {
        String text = parts.get(field);
        return text == null ? 0 : PortRange.port(text, field.text() + "=" + text);
    }

    private static @Nullable Integer key(@Nullable String text) {
        if (text == null)
            return null;
        if (text.isEmpty() || text.length() > 8
                || !text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'))
            throw new IllegalArgumentException("a key is one to eight hexadecimal digits");
        return Integer.parseUnsignedInt(text, 16);
    }

    /** Which parts it has; at least one. */
    public Set<AuthenticatorField> fields() {
        Set<AuthenticatorField> fields = EnumSet.noneOf(AuthenticatorField.class);
        if (source != null)
            fields.add(AuthenticatorField.SOURCE_ADDRESS);
        if (sourcePort != 0)
            fields.add(AuthenticatorField.SOURCE_PORT);
        if (destination != null)
            fields.add(AuthenticatorField.DESTINATION_ADDRESS);
        if (destinationPort != 0)
            fields.add(AuthenticatorField.DESTINATION_PORT);
        if (key != null)
            fields.add(AuthenticatorField.KEY);
        return fields;
    }

    /** With all its values, for rules and configuration; {@link #parse} reads it. */
    public String text() {
        List<String> parts = new ArrayList<>();
        for (AuthenticatorField field : fields())
            parts.add(field.text() + "=" + value(field));
        return String.join(", ", parts);
    }

    private String value(AuthenticatorField field) {
        return switch (field) {
            case SOURCE_ADDRESS -> String.valueOf(source);
            case SOURCE_PORT -> Integer.toString(sourcePort);
            case DESTINATION_ADDRESS -> String.valueOf(destination);
            case DESTINATION_PORT -> Integer.toString(destinationPort);
            case KEY -> "%08x".formatted(Objects.requireNonNull(key));
        };
    }

    /** The names of its parts without their values, which do not belong into a log. */
    @Override
    public String toString() {
        return "authenticator of " + String.join(", ", fields().stream().map(AuthenticatorField::text).toList());
    }
}
