package org.schiltron.proof;

import java.util.ArrayList;
import java.util.List;

/**
 * What a user is given of a service: {@code schiltron:<key>@host:port,host:port,[v6]:port}. The key authenticates the
 * service; the contacts are mailboxes that hold its first-contact nonces, or that know who does.
 *
 * @param contacts 1 to 64, in the order to try
 */
public record Link(PublicKey service, List<HostPort> contacts) {
    public static final int MAX_CONTACTS = 64;
    /** Longest text read: 8 KiB. */
    public static final int MAX_CHARACTERS = 8_192;

    private static final String SCHEME = "schiltron:";

    public Link {
        contacts = List.copyOf(contacts);
        if (contacts.isEmpty())
            throw new IllegalArgumentException("a link names at least one contact: schiltron:KEY@host:port");
        if (contacts.size() > MAX_CONTACTS)
            throw new IllegalArgumentException(
                    "a link names at most " + MAX_CONTACTS + " contacts, this has " + contacts.size());
    }

    /** @throws IllegalArgumentException that says what is wrong and where */
    public static Link parse(String text) {
        if (text.length() > MAX_CHARACTERS)
            throw new IllegalArgumentException("a link has at most 8192 characters, this has " + text.length());
        String link = text.strip();
        if (!link.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
            throw new IllegalArgumentException(
                    "not a link: it begins with \"" + HostPort.shorten(link) + "\", not with " + SCHEME);
        int at = link.indexOf('@');
        if (at < 0)
            throw new IllegalArgumentException("the link has no @ between key and contacts: schiltron:KEY@host:port");
        PublicKey service;
        try {
            service = PublicKey.parse(link.substring(SCHEME.length(), at));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the link's key: " + e.getMessage(), e);
        }
        List<HostPort> contacts = new ArrayList<>();
        for (String contact : link.substring(at + 1).split(",", MAX_CONTACTS + 1)) {
            if (contacts.size() == MAX_CONTACTS)
                throw new IllegalArgumentException("a link names at most " + MAX_CONTACTS + " contacts");
            try {
                contacts.add(HostPort.parse(contact));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("the link's contact " + (contacts.size() + 1) + " (\""
                        + HostPort.shorten(contact) + "\"): " + e.getMessage(), e);
            }
        }
        return new Link(service, contacts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SCHEME).append(service.text());
        for (int i = 0; i < contacts.size(); i++)
            text.append(i == 0 ? '@' : ',').append(contacts.get(i));
        return text.toString();
    }
}
