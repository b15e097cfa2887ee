package org.schiltron.toml;

/** Which of the words that there are was meant by one that is none of them. */
public final class Nearest {
    private Nearest() {
    }

    /** The one that takes the fewest letters to change, if they are few; else empty. */
    public static String to(String word, Iterable<String> known) {
        String best = "";
        int least = Math.max(2, word.length() / 3) + 1;
        for (String other : known) {
            int distance = editDistance(word, other);
            if (distance < least) {
                least = distance;
                best = other;
            }
        }
        return best;
    }

    /** Letters to insert, leave out or replace (Levenshtein 1966), row by row. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++)
            row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
