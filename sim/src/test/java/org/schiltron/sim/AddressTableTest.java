package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

class AddressTableTest {
    private static Path draw(SeededRandom random, int addresses) {
        int number = random.nextInt(addresses);
        int port = random.nextInt(3);
        return number % 2 == 0 ? Path.ofIpv4(number, port) : new Path(0, number, 1, port);
    }

    @Test
    void findsWhatIsThereWhateverMovesAndHides() {
        Seeds.each(30, (seed, random) -> {
            AddressTable table = new AddressTable();
            Map<Path, Integer> model = new LinkedHashMap<>();
            List<Path> byEntry = new ArrayList<>();
            int addresses = 1 + random.nextInt(3_000);
            for (int i = 0; i < 5_000; i++) {
                Path address = draw(random, addresses);
                int version = table.version();
                int entry = byEntry.isEmpty() ? 0 : random.nextInt(byEntry.size());
                switch (random.nextInt(4)) {
                    case 0 -> {
                        if (byEntry.isEmpty())
                            continue;
                        table.hide(entry);
                        model.remove(byEntry.get(entry), entry);
                        assertThat(table.version()).isNotEqualTo(version);
                    }
                    case 1 -> {
                        if (byEntry.isEmpty() || model.containsKey(address))
                            continue;
                        table.move(entry, address);
                        model.remove(byEntry.get(entry), entry);
                        model.put(address, entry);
                        byEntry.set(entry, address);
                        assertThat(table.version()).isNotEqualTo(version);
                    }
                    default -> {
                        if (model.containsKey(address))
                            continue;
                        assertThat(table.add(address, table.entries())).isEqualTo(byEntry.size());
                        model.put(address, byEntry.size());
                        byEntry.add(address);
                        assertThat(table.version()).isNotEqualTo(version);
                    }
                }
                Path asked = draw(random, addresses);
                Path whole = new Path(0, asked.addressHigh(), asked.addressLow(), 0);
                int exactly = model.getOrDefault(asked, AddressTable.ABSENT);
                assertThat(table.findExactly(asked)).isEqualTo(exactly);
                assertThat(table.find(asked)).isEqualTo(
                        exactly != AddressTable.ABSENT ? exactly : model.getOrDefault(whole, AddressTable.ABSENT));
            }
            for (int entry = 0; entry < byEntry.size(); entry++)
                assertThat(new Path(0, table.high(entry), table.low(entry), table.port(entry)))
                        .isEqualTo(byEntry.get(entry));
        });
    }
}
