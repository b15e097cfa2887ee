package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Solves a puzzle as a page's script does. */
final class Solver {
    private Solver() {
    }

    static String solve(String issued, String challenge, int partBits) {
        StringBuilder solution = new StringBuilder(issued);
        byte[] block = Arrays.copyOf(HexFormat.of().parseHex(challenge), 40);
        for (int i = 0; i < Puzzle.PARTS; i++) {
            int counter = 0;
            while (Integer.numberOfLeadingZeros(hash(block, i, counter)) < partBits)
                counter++;
            solution.append('.').append(counter);
        }
        return solution.toString();
    }

    /** Of the puzzle in a page. */
    static String solve(String html) {
        return solve(attribute(html, "issued"), attribute(html, "challenge"),
                Integer.parseInt(attribute(html, "bits")));
    }

    static String attribute(String html, String name) {
        Matcher matcher = Pattern.compile(" data-" + name + "=\"([^\"]*)\"").matcher(html);
        if (!matcher.find())
            throw new AssertionError("no " + name + " in " + html);
        return matcher.group(1);
    }

    private static int hash(byte[] block, int place, int counter) {
        ByteBuffer.wrap(block).putInt(32, place).putInt(36, counter);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(block)).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
