package org.schiltron.xdp;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.schiltron.machine.Drop;
import org.schiltron.machine.SipHash;
import org.schiltron.ring.ShareWriter;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.First;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** Writes the header that BPF programs share with Java, from Java's own constants: the build runs it before clang, and nothing is kept in step by hand. */
final class BpfSchema {
    private static final List<StructLayout> STRUCTS = List.of(Layouts.BITS, Layouts.CELL, Layouts.PLACE, Layouts.RULE,
            Layouts.CONFIG,
            Layouts.NONCE_STATE, Layouts.LINE, Layouts.READDRESS);

    private BpfSchema() {
    }

    /** @param args the file to write */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, header());
    }

    static String header() {
        StringBuilder text = new StringBuilder("/* Written by BpfSchema.java. */\n#pragma once\n\n");
        constants()
                .forEach((name, value) -> text.append("#define ").append(name).append(' ').append(value).append('\n'));
        for (StructLayout struct : STRUCTS) {
            text.append("\nstruct ").append(struct.name().orElseThrow()).append(" {\n");
            for (MemoryLayout member : struct.memberLayouts())
                text.append("    ").append(member(member)).append(";\n");
            text.append("};\n_Static_assert(sizeof(struct ").append(struct.name().orElseThrow()).append(") == ")
                    .append(struct.byteSize())
                    .append(", \"laid out as in Java\");\n");
        }
        return text.toString();
    }

    private static String member(MemoryLayout member) {
        String name = member.name().orElseThrow();
        if (member instanceof SequenceLayout sequence)
            return type(sequence.elementLayout()) + " " + name + "[" + sequence.elementCount() + "]";
        return type(member) + " " + name;
    }

    /** Members have names of their own, so a structure is known by its size. */
    private static String type(MemoryLayout layout) {
        if (layout instanceof ValueLayout)
            return layout.byteSize() == 8 ? "u64" : "u32";
        for (StructLayout struct : STRUCTS) {
            if (layout instanceof StructLayout other && struct.memberLayouts().equals(other.memberLayouts()))
                return "struct " + struct.name().orElseThrow();
        }
        throw new AssertionError(layout);
    }

    private static Map<String, String> constants() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("MAX_EXTENSIONS", "4"); // IpHeaders
        all.put("IMAGE_TWEAK", "0x" + Long.toHexString(SipHash.IMAGE_TWEAK) + "ull");
        put(all, "BIT_WORDS", Layouts.BIT_WORDS);
        put(all, "MAX_RULES", Layouts.MAX_RULES);
        put(all, "MAX_LIMITS", Layouts.MAX_LIMITS);
        put(all, "COUNTERS", Layouts.COUNTERS);
        put(all, "SHARED_LIMITS", Layouts.SHARED_LIMITS);
        put(all, "MAX_PLACES", Layouts.MAX_PLACES);
        put(all, "MAX_SOURCES", Layouts.MAX_SOURCES);
        put(all, "SLOTS", Layouts.SLOTS);
        put(all, "SEEN_BYTES", Layouts.SEEN_BYTES);
        put(all, "SHARED_PACKET", ShareWriter.MAX_PACKET);
        put(all, "MAX_READDRESSES", Layouts.MAX_READDRESSES);
        put(all, "BLOCK_LINES", Layouts.BLOCK_LINES);
        put(all, "BLOCK_BYTES", NonceLines.BLOCK_BYTES);
        put(all, "BLOCK_MASK", NonceLines.BLOCK_MASK);
        put(all, "ACTION_ALLOW", Layouts.ALLOW);
        put(all, "ACTION_DROP", Layouts.DROP);
        put(all, "ACTION_LIMIT", Layouts.LIMIT);
        put(all, "ACTION_REQUESTED", Layouts.REQUESTED);
        put(all, "BASE_TRANSPORT", Layouts.BASE_TRANSPORT);
        put(all, "BASE_PAYLOAD", Layouts.BASE_PAYLOAD);
        put(all, "WIRE_VERSION", Wire.VERSION);
        put(all, "WIRE_HEADER", Wire.HEADER);
        put(all, "WIRE_MAX_DATAGRAM", Wire.MAX_DATAGRAM);
        put(all, "WIRE_MAX_BODY", Wire.MAX_BODY);
        put(all, "WIRE_DATA", Wire.DATA);
        put(all, "WIRE_FIRST", Wire.FIRST);
        put(all, "WIRE_COOKIE", Wire.COOKIE);
        put(all, "WIRE_GET", Wire.GET);
        put(all, "WIRE_PUT", Wire.PUT);
        put(all, "WIRE_HELLO", Wire.HELLO);
        put(all, "WIRE_POST", Wire.POST);
        put(all, "WIRE_COOKIE_REQUEST", Wire.COOKIE_REQUEST);
        put(all, "DATA_BODY", Data.BODY);
        put(all, "FIRST_CONTENT", First.CONTENT);
        put(all, "COOKIE_LENGTH", Cookie.LENGTH);
        put(all, "COOKIE_REQUEST_LENGTH", CookieRequest.LENGTH);
        put(all, "GET_IMAGES", Get.IMAGES);
        put(all, "GET_MAX_IMAGES", Get.MAX_IMAGES);
        put(all, "POST_NONCES", Post.NONCES);
        put(all, "POST_MAX_NONCES", Post.MAX_NONCES);
        put(all, "POST_MAX_REVOKED", Post.MAX_REVOKED);
        put(all, "POST_TAIL", Post.TAIL);
        put(all, "POST_DELEGATION", Post.DELEGATION);
        put(all, "POST_SIGNATURE", Post.SIGNATURE);
        put(all, "CLASS_DATA", 0);
        put(all, "CLASS_FIRST", 1);
        put(all, "CLASS_COOKIE", 2);
        for (Drop drop : Drop.values())
            put(all, "DROP_" + drop.name().toUpperCase(Locale.ROOT), drop.code());
        return all;
    }

    private static void put(Map<String, String> all, String name, int value) {
        all.put(name, Integer.toString(value));
    }
}
