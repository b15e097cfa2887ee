package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.wire.Wire;

/** The part of a {@link ServiceRecord} that has no fixed length, from front to back. */
final class RecordBytes {
    private static final int NAME = 0;
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;

    private final byte[] bytes;
    private final int end;
    private int at;

    /** @param end where what may be read or written ends */
    RecordBytes(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    int at() {
        return at;
    }

    byte[] take(int length) {
        if (end - at < length)
            throw new IllegalArgumentException("the record is cut off");
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    int takeLength() {
        int length = Wire.getInt(MemorySegment.ofArray(take(4)), 0);
        if (length < 0)
            throw new IllegalArgumentException("the record's swarm list is too long");
        return length;
    }

    /** Exactly so many, to the end. */
    List<HostPort> takeContacts(int count, int most) {
        if (count > most)
            throw new IllegalArgumentException("a record names at most " + most + " contacts, this has " + count);
        List<HostPort> contacts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            try {
                contacts.add(takeContact());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("the record's contact " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (at != end)
            throw new IllegalArgumentException("the record is longer than its contacts");
        return contacts;
    }

    private HostPort takeContact() {
        int kind = take(1)[0];
        if (kind == NAME) {
            String name = new String(take(take(1)[0] & 0xff), StandardCharsets.ISO_8859_1);
            HostPort contact = new HostPort(name, takePort());
            if (contact.address() != null)
                throw new IllegalArgumentException("an address where a name should stand");
            return contact;
        }
        if (kind != IPV4 && kind != IPV6)
            throw new IllegalArgumentException("neither a name nor an IPv4 or IPv6 address");
        Path address = Path.of(0, take(kind == IPV4 ? 4 : 16), takePort());
        if (kind == IPV6 && address.isIpv4())
            throw new IllegalArgumentException("an IPv4 address written as IPv6");
        return HostPort.of(address);
    }

    private int takePort() {
        byte[] port = take(2);
        return (port[0] & 0xff) << 8 | port[1] & 0xff;
    }

    void put(byte... value) {
        if (end - at < value.length)
            throw new IllegalArgumentException("a record has at most " + ServiceRecord.MAX_BYTES
                    + " bytes: give fewer or shorter contacts");
        System.arraycopy(value, 0, bytes, at, value.length);
        at += value.length;
    }

    void putLength(int length) {
        put((byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length);
    }

    void putContact(HostPort contact) {
        Path address = contact.address();
        if (address == null) {
            byte[] name = contact.host().getBytes(StandardCharsets.ISO_8859_1);
            put((byte) NAME, (byte) name.length);
            put(name);
        } else {
            byte[] raw = address.addressBytes();
            put((byte) (raw.length == 4 ? IPV4 : IPV6));
            put(raw);
        }
        put((byte) (contact.port() >>> 8), (byte) contact.port());
    }
}
