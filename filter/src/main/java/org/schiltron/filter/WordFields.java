package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;

/** The {@code word} tables of a rule. */
final class WordFields {
    /** Distinct places a rule set looks at, at most: each costs every packet a look. */
    static final int MAX_WORDS = 4;
    private static final List<String> BASES = List.of("network", "transport", "payload");

    private WordFields() {
    }

    static List<Word> words(Fields rule, List<Integer> protocols) throws BadFileException {
        List<Word> words = new ArrayList<>();
        for (Fields fields : rule.tables("word")) {
            if (words.size() == MAX_WORDS)
                throw fields.wrong("a rule has at most " + MAX_WORDS + " words");
            Word word = word(fields);
            fields.end();
            if (word.base() == Word.Base.PAYLOAD && !protocols.equals(List.of(Rule.UDP))
                    && !protocols.equals(List.of(Rule.TCP)))
                throw fields.wrong("in",
                        "a payload lies behind the header of one protocol: give the rule protocol = \"udp\" or \"tcp\"");
            if (words.stream().anyMatch(other -> other.place().equals(word.place())))
                throw fields.wrong("two words of one rule at the same place");
            words.add(word);
        }
        return List.copyOf(words);
    }

    private static Word word(Fields fields) throws BadFileException {
        fields.need("value", "\"0x1badcafe\"");
        fields.need("at", "0");
        Word.Base base = Word.Base.valueOf(fields.word("in", BASES, "payload").toUpperCase(Locale.ROOT));
        int offset = (int) fields.whole("at", 0, 0, Word.MAX_OFFSET);
        int mask = hex(fields, "mask", "0xffffffff");
        int value = hex(fields, "value", "");
        if (mask == 0)
            throw fields.wrong("mask", "0 leaves nothing to compare");
        if ((value & ~mask) != 0)
            throw fields.wrong("value", "has bits outside of the mask");
        return new Word(base, offset, mask, value);
    }

    private static int hex(Fields fields, String key, String fallback) throws BadFileException {
        String text = fields.text(key, fallback);
        if (!text.matches("0x[0-9a-fA-F]{1,8}"))
            throw fields.wrong(key, "\"" + text + "\" is not four bytes such as \"0x1badcafe\"");
        return Integer.parseUnsignedInt(text.substring(2), 16);
    }
}
