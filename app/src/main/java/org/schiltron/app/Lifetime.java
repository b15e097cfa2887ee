package org.schiltron.app;

/** How long something shall hold, as it is typed: {@code 30d}, {@code 12h}, {@code 45m}, {@code 90s}. */
final class Lifetime {
    private static final long DAY_SECONDS = 86_400;
    /** A signature that is meant to hold longer is a mistake. */
    private static final long MAX_SECONDS = 3_660 * DAY_SECONDS;

    private Lifetime() {
    }

    /** @param option names it in the message */
    static long seconds(String option, String text) {
        String digits = text.isEmpty() ? "" : text.substring(0, text.length() - 1);
        long unit = text.isEmpty() ? 0 : switch (text.charAt(text.length() - 1)) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3_600;
            case 'd' -> DAY_SECONDS;
            default -> 0;
        };
        boolean number = !digits.isEmpty() && digits.length() <= 9
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        long seconds = number ? Long.parseLong(digits) * unit : 0;
        if (seconds < 1 || seconds > MAX_SECONDS)
            throw new Failure(Exit.USAGE,
                    option + ": \"" + text + "\" is not a time from 1s to 3660d: expected a number and s, m, h or d");
        return seconds;
    }

    /**
     * When it ends, in seconds since 1970. From a day on it ends with a day (UTC), so that two things that one person signed
     * after another do not tell by their seconds that they belong together.
     */
    static long end(String option, String text, long nowEpochSeconds) {
        long lifetime = seconds(option, text);
        long end = nowEpochSeconds + lifetime;
        return lifetime < DAY_SECONDS ? end : (end + DAY_SECONDS - 1) / DAY_SECONDS * DAY_SECONDS;
    }

    static long nowEpochSeconds() {
        return System.currentTimeMillis() / 1_000;
    }
}
