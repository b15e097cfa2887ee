package org.schiltron.edge;

/**
 * How a node keeps its trunks. Worst-case memory of one: 3 * streams * 128 KiB, where every stream of both sides is full
 * in both directions and as many that have ended are not read; an idle stream holds some 200 bytes.
 *
 * @param cellsPerSecond     at an opener: that many cells a second in each direction, or 0 for records. 0 to 100,000
 * @param mostCellsPerSecond at an acceptor: the most that an opener may ask for, 0 to refuse cells. 0 to 100,000
 * @param streams            1 to 16,384 that the other end may have open at a time
 */
public record TrunkConfig(int cellsPerSecond, int mostCellsPerSecond, int streams) {
    /** Records, at most 1,024 streams, cells accepted up to 10,000 a second. */
    public static final TrunkConfig DEFAULT = new TrunkConfig(0, 10_000, 1_024);
    public static final int MAX_CELLS_PER_SECOND = 100_000;

    public TrunkConfig {
        within("cells-per-second", cellsPerSecond, 0, MAX_CELLS_PER_SECOND);
        within("most-cells-per-second", mostCellsPerSecond, 0, MAX_CELLS_PER_SECOND);
        within("streams", streams, 1, 16_384);
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(name + ": " + value + " is not one of " + least + "-" + most);
    }
}
