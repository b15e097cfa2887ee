package org.schiltron.xdp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What clang wrote: programs, maps, and where in the programs the maps are named (System V ABI, ELF-64; RFC 9669 for instructions). Only what our own objects have: no BTF, no
 * calls between functions, no data sections.
 */
final class BpfObject {
    /** Bytes of one; some take two. */
    static final int INSTRUCTION = 8;
    private static final int SECTION_SYMBOLS = 2;
    private static final int SECTION_RELOCATIONS = 9;
    private static final int RELOCATION_64 = 1; // R_BPF_64_64: the address of a map
    private static final int MAP_BYTES = 20;
    private static final int ELF_BPF = 247;
    /** In the register field of a 64-bit load: the value is a map's file descriptor. */
    private static final int PSEUDO_MAP_FD = 1;

    /** As struct map in bpf.h; 0 entries: whoever loads it says how many. */
    record MapDefinition(String name, int type, int keyBytes, int valueBytes, int entries, int flags) {
    }

    private record Relocation(int offset, String map) {
    }

    private record Section(String name, int type, int offset, int bytes, int link, int info) {
    }

    private record Symbol(String name, int section, int offset) {
    }

    private final ByteBuffer file;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<String, MapDefinition> maps = new LinkedHashMap<>();
    private final Map<String, List<Relocation>> relocations = new LinkedHashMap<>();

    /** @throws IOException if it is none of ours */
    BpfObject(byte[] bytes) throws IOException {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            read();
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("a truncated BPF object", e);
        }
    }

    private void read() throws IOException {
        if (file.getInt(0) != 0x464c457f || file.get(4) != 2 || file.getShort(18) != ELF_BPF)
            throw new IOException("not a BPF object");
        long table = file.getLong(40);
        int count = file.getShort(60);
        int names = at(table, file.getShort(62), 24);
        for (int i = 0; i < count; i++)
            sections.add(new Section(text(names + file.getInt((int) table + 64 * i)), at4(table, i, 4),
                    at(table, i, 24), at(table, i, 32),
                    at4(table, i, 40), at4(table, i, 44)));
        for (Section section : sections) {
            if (section.type == SECTION_SYMBOLS)
                readSymbols(section);
        }
        for (Symbol symbol : symbols) {
            Section section = symbol.section > 0 && symbol.section < count ? sections.get(symbol.section) : null;
            if (section != null && section.name.equals("maps") && symbol.offset + MAP_BYTES <= section.bytes
                    && !symbol.name.isEmpty())
                maps.put(symbol.name, map(symbol.name, section.offset + symbol.offset));
        }
        for (Section section : sections) {
            if (section.type == SECTION_RELOCATIONS)
                readRelocations(section);
        }
    }

    /** A long of a section's header, as an int: files are small. */
    private int at(long table, int section, int field) {
        return Math.toIntExact(file.getLong((int) table + 64 * section + field));
    }

    private int at4(long table, int section, int field) {
        return file.getInt((int) table + 64 * section + field);
    }

    private String text(int offset) {
        int end = offset;
        while (file.get(end) != 0)
            end++;
        return new String(file.array(), offset, end - offset, StandardCharsets.US_ASCII);
    }

    private void readSymbols(Section section) {
        int names = sections.get(section.link).offset;
        for (int at = section.offset; at < section.offset + section.bytes; at += 24)
            symbols.add(new Symbol(text(names + file.getInt(at)), file.getShort(at + 6),
                    Math.toIntExact(file.getLong(at + 8))));
    }

    private MapDefinition map(String name, int at) {
        return new MapDefinition(name, file.getInt(at), file.getInt(at + 4), file.getInt(at + 8), file.getInt(at + 12),
                file.getInt(at + 16));
    }

    private void readRelocations(Section section) throws IOException {
        String of = sections.get(section.info).name;
        List<Relocation> list = new ArrayList<>();
        for (int at = section.offset; at < section.offset + section.bytes; at += 16) {
            Symbol symbol = symbols.get(file.getInt(at + 12));
            if (file.getInt(at + 8) != RELOCATION_64 || !maps.containsKey(symbol.name))
                throw new IOException(of + " refers to " + symbol.name + ", which is no map");
            list.add(new Relocation(Math.toIntExact(file.getLong(at)), symbol.name));
        }
        relocations.put(of, list);
    }

    List<MapDefinition> maps() {
        return List.copyOf(maps.values());
    }

    /** What programs say of their licence. */
    String license() throws IOException {
        for (Section section : sections) {
            if (section.name.equals("license"))
                return text(section.offset);
        }
        throw new IOException("a BPF object without licence");
    }

    /**
     * @param section     of the program
     * @param descriptors of the maps, by name
     */
    byte[] program(String section, Map<String, Integer> descriptors) throws IOException {
        for (Section candidate : sections) {
            if (!candidate.name.equals(section))
                continue;
            byte[] code = new byte[candidate.bytes];
            file.get(candidate.offset, code);
            ByteBuffer instructions = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
            for (Relocation relocation : relocations.getOrDefault(section, List.of())) {
                Integer map = descriptors.get(relocation.map);
                if (map == null)
                    throw new IOException("map " + relocation.map + " is not there");
                byte registers = instructions.get(relocation.offset + 1);
                instructions.put(relocation.offset + 1, (byte) (registers & 0xf | PSEUDO_MAP_FD << 4));
                instructions.putInt(relocation.offset + 4, map);
            }
            return code;
        }
        throw new IOException("no program " + section);
    }
}
