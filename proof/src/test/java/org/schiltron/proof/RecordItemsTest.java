package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.ServiceRecord.Content;
import org.schiltron.proof.ServiceRecord.ListName;

class RecordItemsTest {
    private static final long ISSUED = 1_790_000_000;
    private static final long EXPIRES = 1_800_000_000;

    private final Identity service = Seeds.identity(0);

    private SwarmList list(int mailboxes) {
        return SwarmList.sign(service, 7, EXPIRES,
                IntStream.range(0, mailboxes).mapToObj(i -> Path.ofIpv4(0xc000_0201 + i, 4500)).toList());
    }

    private ServiceRecord record(@Nullable SwarmList list, HostPort... contacts) {
        return ServiceRecord.sign(service, new Content(service.publicKey(), 7, ISSUED, EXPIRES, 1, service.publicKey(),
                null, list == null ? null : ListName.of(list), List.of(contacts)));
    }

    private static String salt(MutableItem item) {
        return new String(item.salt(), StandardCharsets.US_ASCII);
    }

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVectors() {
        SwarmList list = SwarmList.signEntries(service, 7, EXPIRES,
                List.of(new SwarmList.Entry(Path.ofIpv4(0xc0000201, 4500), 1),
                        new SwarmList.Entry(new Path(0, 0x2001_0db8_0000_0000L, 1, 4501), 2),
                        new SwarmList.Entry(Path.ofIpv4(0xc6336402, 4502), 0)));
        ServiceRecord record = record(list, new HostPort("192.0.2.1", 4500));
        RecordItems items = RecordItems.sign(service, record, list.encode());
        assertThat(HexFormat.of().formatHex(record.encode())).isEqualTo(
                "736368697265633103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b80000000000000007"
                        + "000000006ab13b80000000006b49d2000102000103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664"
                        + "125531b8a64d491ff60dc2e5d59448e3c0bb246946cbea9dcd76e9649f133b4dcc93bda30000009c04c00002011194ae"
                        + "c4d3b4ec92387cb3c1176b814755b68189c8a0d672330570f663714cf2e2aa24a192452ed994c204a0b8fc9f2383c9d1"
                        + "8e2a3070eaf932ca007e0125bf8d04");
        assertThat(items.items()).extracting(RecordItemsTest::salt).containsExactly("schiltron",
                "schiltron/a64d491ff60dc2e5d59448e3c0bb2469/0");
        assertThat(HexFormat.of().formatHex(MutableItem.target(service.publicKey(), RecordItems.recordSalt())))
                .isEqualTo("2c7b94d311d586854eae54331ab0d75818fe48c4");
        assertThat(items.text()).isEqualTo(
                "schiltron-item-1-onrwq2ljorwtd62ag767z4r4dppnuieyoszltxfh6x3jp2h3dge54hgquk25rxbhj7p35oniv657jmp"
                        + "wzq53gq6xb7kyb3b4xufdfbxbiqfykb3wkehwrg235lyj3mz6l2a56bjwgdzbeln37waya2cksfla7ee6wkfkcelilr3ndz7"
                        + "afvqyfxg7whh5suwl3lyk646mmik3sjnjjzgyhlr5by6udii");
    }

    @Test
    void theListComesBackFromItsPieces() {
        SwarmList list = list(300);
        ServiceRecord record = record(list);
        RecordItems items = RecordItems.parse(RecordItems.sign(service, record, list.encode()).text(), record,
                list.encode());
        assertThat(items.items()).hasSize(8).allMatch(MutableItem::isSigned).allMatch(item -> item.sequence() == 7);
        assertThat(items.items().getFirst().value()).isEqualTo(record.encode());
        ListName name = ListName.of(list);
        assertThat(items.items().stream().skip(1).map(MutableItem::salt))
                .containsExactlyElementsOf(RecordItems.listSalts(name));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        items.items().stream().skip(1).forEach(item -> out.writeBytes(item.value()));
        assertThat(name.names(out.toByteArray())).isTrue();
    }

    @Test
    void signaturesOfSomethingElseAreRefused() {
        SwarmList list = list(3);
        ServiceRecord record = record(null, new HostPort("m.example", 1));
        String text = RecordItems.sign(service, record, null).text();
        assertThat(RecordItems.isText(text)).isTrue();
        assertThat(RecordItems.parse(text, record, null).items()).hasSize(1);
        assertThatThrownBy(() -> RecordItems.parse(text, record(null, new HostPort("n.example", 1)), null))
                .hasMessageContaining("not those of this record");
        assertThatThrownBy(() -> RecordItems.parse(text, record(list), list.encode()))
                .hasMessageContaining("not those of this record");
        assertThatThrownBy(() -> RecordItems.sign(service, record(list), list(4).encode()))
                .hasMessageContaining("not the swarm list that the record names");
        assertThatThrownBy(() -> RecordItems.sign(Seeds.identity(32), record, null))
                .hasMessageContaining("the service's own key");
    }

    @Test
    void whatIsTooLongIsRefusedWithAdvice() {
        HostPort[] many = IntStream.range(0, 50).mapToObj(i -> new HostPort("mailbox-" + i + ".example.net", 4500))
                .toArray(HostPort[]::new);
        assertThatThrownBy(() -> RecordItems.sign(service, record(null, many), null))
                .hasMessageContaining("holds at most 995").hasMessageContaining("swarm list");
        SwarmList longest = list((RecordItems.MAX_LIST_BYTES - 96) / 20);
        assertThat(RecordItems.sign(service, record(longest), longest.encode()).items())
                .hasSize(1 + RecordItems.MAX_PIECES);
        SwarmList tooLong = list((RecordItems.MAX_LIST_BYTES - 96) / 20 + 1);
        assertThatThrownBy(() -> RecordItems.sign(service, record(tooLong), tooLong.encode()))
                .hasMessageContaining("the DHT takes at most 15920 (16 items)");
    }

    @Test
    void changedTextsAreRefused() {
        RandomSource random = Seeds.random();
        ServiceRecord record = record(null, new HostPort("m.example", 1));
        byte[] valid = RecordItems.sign(service, record, null).text().getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 2_000; i++) {
            String changed = new String(Seeds.mutate(random, valid), StandardCharsets.ISO_8859_1);
            try {
                assertThat(RecordItems.parse(changed, record, null).items().getFirst().isSigned()).isTrue();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("item");
            }
        }
    }
}
