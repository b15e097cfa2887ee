package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Solves the puzzle in a page as its script does. */
final class Solver {
    private static final int PARTS = 16;

    private Solver() {
    }

    static String solve(String html) throws GeneralSecurityException {
        StringBuilder solution = new StringBuilder(attribute(html, "issued"));
        byte[] block = Arrays.copyOf(HexFormat.of().parseHex(attribute(html, "challenge")), 40);
        int bits = Integer.parseInt(attribute(html, "bits"));
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < PARTS; i++) {
            int counter = -1;
            do {
                ByteBuffer.wrap(block).putInt(32, i).putInt(36, ++counter);
            } while (Integer.numberOfLeadingZeros(ByteBuffer.wrap(sha.digest(block)).getInt()) < bits);
            solution.append('.').append(counter);
        }
        return solution.toString();
    }

    static String attribute(String html, String name) {
        Matcher matcher = Pattern.compile(" data-" + name + "=\"([^\"]*)\"").matcher(html);
        if (!matcher.find())
            throw new AssertionError("no " + name + " in " + html);
        return matcher.group(1);
    }
}
