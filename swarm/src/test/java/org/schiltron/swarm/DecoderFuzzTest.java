package org.schiltron.swarm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.ArraySink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.KeyFile;
import org.schiltron.proof.Link;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.SwarmList;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingNode;

/** Every decoder over its corpus and what mutation makes of it: refuses with a reason, or decodes; nothing else. */
class DecoderFuzzTest {
    private static final Path FROM = Path.ofIpv4(0x08080808, 4_500);
    private static final Identity KEY = Identity.ofSeed(new byte[32]);

    /** Counts bytes and allows no more of them than came in, for whom nothing is known. */
    private static final class Answer implements BiConsumer<Path, byte[]> {
        int bytes;
        int datagrams;

        @Override
        public void accept(Path to, byte[] datagram) {
            assertThat(to).isEqualTo(FROM);
            bytes += datagram.length;
            datagrams++;
        }
    }

    private static Corpus.Decoder datagrams(Machine<?> machine, Counters counters) {
        return input -> {
            String before = counters.drops().toString();
            MemorySegment s = MemorySegment.ofArray(input.length == 0 ? new byte[1] : input);
            machine.onDatagram(1_000_000, FROM, s, 0, input.length);
            Answer answer = new Answer();
            machine.pollTransmit(new ArraySink(answer));
            Object event;
            do {
                event = machine.pollEvent();
            } while (event != null);
            assertThat(answer.datagrams).as("answers to one datagram").isLessThanOrEqualTo(1);
            assertThat(answer.bytes).as("no amplifier").isLessThanOrEqualTo(input.length);
            return difference(before, counters.drops().toString()) + answer.datagrams;
        };
    }

    /** The reason that was counted, by its name. */
    private static String difference(String before, String after) {
        for (String entry : after.substring(1, after.length() - 1).split(", ", -1))
            if (!before.contains(entry + ",") && !before.contains(entry + "}"))
                return entry.replaceAll("=.*", "");
        return "";
    }

    @Test
    void datagramsToAMailbox() {
        Mailbox mailbox = new Mailbox(MailboxConfig.builder(1_250_000).maxGets(1_024).maxOwners(64).build(),
                new SeededRandom(1));
        assertThat(new Corpus("datagrams").replayAndMutate(datagrams(mailbox, mailbox.counters()))).contains("1",
                "TRUNCATED0", "WRONG_VERSION0", "UNEXPECTED_TYPE0", "BAD_COOKIE0", "OVERSIZED0", "MALFORMED0");
        assertThat(mailbox.gets()).isZero();
    }

    @Test
    void datagramsToARingNode() {
        RingNode node = new RingNode(0, KEY,
                RingConfig.defaults().withCustomers(List.of(KEY.publicKey())).withOwn(List.of(Path.ofIpv4(9, 9))),
                new SeededRandom(2));
        assertThat(new Corpus("datagrams").replayAndMutate(datagrams(node, node.counters()))).contains("1",
                "TRUNCATED0", "WRONG_VERSION0", "UNEXPECTED_TYPE0", "WRONG_CUSTOMER0", "BAD_COOKIE0", "MALFORMED0");
        assertThat(node.customers()).isZero();
    }

    @Test
    void datagramsToBothEnds() {
        List<Path> mailboxes = List.of(FROM);
        ClientEndpoint client = new ClientEndpoint(
                new ClientConfig(KEY.publicKey(), mailboxes, false, EndpointLimits.DEFAULT), KEY, new SeededRandom(3));
        ServiceEndpoint service = new ServiceEndpoint(ServiceConfig.of(mailboxes, List.of()), KEY,
                new SeededRandom(4));
        ServiceEndpoint ringed = new ServiceEndpoint(
                ServiceConfig.of(mailboxes, List.of(new ServiceConfig.Ring(FROM, KEY.publicKey()))), KEY,
                new SeededRandom(5));
        assertThat(new Corpus("datagrams").replayAndMutate(datagrams(client, client.counters())))
                .contains("UNKNOWN_NONCE0", "UNEXPECTED_TYPE0");
        assertThat(new Corpus("datagrams").replayAndMutate(datagrams(service, service.counters())))
                .contains("UNKNOWN_NONCE0", "UNEXPECTED_TYPE0");
        assertThat(new Corpus("datagrams").replayAndMutate(datagrams(ringed, ringed.counters()))).hasSizeGreaterThan(3);
        assertThat(service.held()).isZero();
    }

    /** Null for what is refused with a message; anything but an IllegalArgumentException is a fault. */
    private static @Nullable Object refused(byte[] input, Function<byte[], Object> decoder) {
        try {
            return decoder.apply(input).getClass().getSimpleName();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return null;
        }
    }

    @Test
    void listsLinksAndKeys() {
        assertThat(new Corpus("swarm-list").replayAndMutate(input -> refused(input, SwarmList::decode)))
                .contains("SwarmList", "null");
        assertThat(new Corpus("link")
                .replayAndMutate(input -> refused(input, bytes -> Link.parse(new String(bytes, ISO_8859_1)))))
                .contains("Link", "null");
        assertThat(new Corpus("key-file")
                .replayAndMutate(input -> refused(input, bytes -> KeyFile.decode(new String(bytes, ISO_8859_1)))))
                .contains("Identity", "null");
        assertThat(new Corpus("public-key").replayAndMutate(input -> refused(input, PublicKey::of)))
                .contains("PublicKey", "null");
    }

    @Test
    void handshakesHellosAndReplies() {
        assertThat(new Corpus("handshake").replayAndMutate(input -> {
            Handshake responder = Handshake.responder(KEY, Knock.prologue(), new SeededRandom(6));
            return responder.read(input) == null;
        })).contains("true", "false");
        assertThat(new Corpus("hello").replayAndMutate(input -> HelloMessage.decode(input) == null)).contains("true",
                "false");
        assertThat(new Corpus("reply").replayAndMutate(input -> ReplyMessage.decode(input) == null)).contains("true",
                "false");
    }

    @Test
    void setsAndListParts() {
        assertThat(new Corpus("frames").replayAndMutate(
                input -> SetChange.read(new FrameReader().over(input, Math.min(1, input.length),
                        Math.max(0, input.length - 1))) == null))
                .contains("true", "false");
        assertThat(new Corpus("frames").replayAndMutate(
                input -> ListTransfer.onFrame(new FrameReader().over(input, Math.min(1, input.length),
                        Math.max(0, input.length - 1)), null) == null))
                .contains("true", "false");
    }
}
