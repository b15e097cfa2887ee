package org.schiltron.internet;

import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

/** Graphs for tests. */
final class Graphs {
    private Graphs() {
    }

    /** The seed of a random test, from the command line or new; the test prints it. */
    static long seed() {
        return Long.getLong("schiltron.seed", System.nanoTime());
    }

    static AsGraph of(String... lines) {
        LinkList links = new LinkList();
        for (String line : lines) {
            String[] parts = line.split("\\|", -1);
            links.add(Integer.parseUnsignedInt(parts[0]), Integer.parseUnsignedInt(parts[1]),
                    Byte.parseByte(parts[2]), 0);
        }
        return new AsGraph(links);
    }

    /** Up to {@code most} ASes with any mix of links, providers always of lower rank in a random order: no circles. */
    static AsGraph random(int most, SeededRandom random) {
        int ases = 2 + random.nextInt(most - 1);
        int[] numbers = numbers(ases, random);
        double density = 0.05 + 0.9 * random.nextDouble();
        double peering = random.nextDouble();
        LinkList links = new LinkList();
        for (int i = 0; i < ases; i++)
            for (int j = i + 1; j < ases; j++)
                if (random.nextDouble() < density)
                    links.add(numbers[i], numbers[j],
                            random.nextDouble() < peering ? LinkList.PEER : LinkList.PROVIDER_CUSTOMER, 0);
        if (links.size() == 0)
            links.add(numbers[0], numbers[1], LinkList.PEER, 0);
        return new AsGraph(links);
    }

    private static int[] numbers(int count, RandomSource random) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
            numbers[i] = (i + 1) * 7;
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = swapped;
        }
        return numbers;
    }
}
