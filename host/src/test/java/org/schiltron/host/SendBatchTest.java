package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Path;

/** What becomes of trains that a kernel does not cut apart. */
class SendBatchTest {
    private static final Path NEAR = Path.ofIpv4(0x7f000001, 4_001);
    private static final Path FAR = Path.ofIpv4(0x7f000001, 4_002);

    /** Takes single datagrams, and refuses trains to some ports. Reads messages as the real one does. */
    @SuppressWarnings("restricted")
    private static final class Kernel implements SendBatch.Kernel {
        private final Map<Integer, List<String>> received = new LinkedHashMap<>(); // by port, each datagram as text
        private final List<Integer> refusedPorts;
        private final int errno;
        private int trainsOffered;
        private int trainsTaken;

        Kernel(int errno, Integer... refusedPorts) {
            this.errno = errno;
            this.refusedPorts = List.of(refusedPorts);
        }

        private static MemorySegment memory(long address, long bytes) {
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        }

        @Override
        public int sendmmsg(int fd, long messages, int count) {
            for (int i = 0; i < count; i++) {
                MemorySegment header = memory(messages + (long) i * Linux.MMSGHDR, Linux.MMSGHDR);
                if (!take(header))
                    return i == 0 ? -1 : i;
            }
            return count;
        }

        private boolean take(MemorySegment header) {
            int port = memory(header.get(JAVA_LONG, Linux.MSG_NAME), Linux.SOCKADDR_IN).get(Linux.SHORT_BE,
                    Linux.SIN_PORT) & 0xffff;
            boolean train = header.get(JAVA_LONG, Linux.MSG_CONTROLLEN) != 0;
            trainsOffered += train ? 1 : 0;
            if (train && refusedPorts.contains(port))
                return false;
            trainsTaken += train ? 1 : 0;
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            MemorySegment iovecs = memory(header.get(JAVA_LONG, Linux.MSG_IOV),
                    16 * header.get(JAVA_LONG, Linux.MSG_IOVLEN));
            for (long at = 0; at < iovecs.byteSize(); at += 16)
                bytes.writeBytes(memory(iovecs.get(JAVA_LONG, at), iovecs.get(JAVA_LONG, at + 8)).toArray(JAVA_BYTE));
            int each = train
                    ? memory(header.get(JAVA_LONG, Linux.MSG_CONTROL), 24).get(JAVA_SHORT, 16)
                    : Math.max(1, bytes.size());
            for (int at = 0; at < bytes.size(); at += each)
                received.computeIfAbsent(port, p -> new ArrayList<>()).add(
                        new String(bytes.toByteArray(), at, Math.min(each, bytes.size() - at),
                                StandardCharsets.US_ASCII));
            header.set(JAVA_INT, Linux.MSG_LEN, bytes.size());
            return true;
        }

        @Override
        public int errno() {
            return errno;
        }
    }

    private final UdpCounters counters = new UdpCounters();
    private int number;

    @BeforeEach
    void onLinux() {
        assumeTrue(UdpDriver.NATIVE.loads(), "the native driver does not load here");
    }

    private SendBatch batch(Kernel kernel) {
        NativeSocket socket = new NativeSocket(7, Linux.AF_INET, Drivers.at("127.0.0.1", 4_000), true);
        return new SendBatch(kernel, new NativeSocket[]{socket}, counters, true);
    }

    /** Ten datagrams of equal length to each of two, in turn, and a shorter last one; what they were, by port. */
    private Map<Integer, List<String>> send(SendBatch batch) {
        Map<Integer, List<String>> sent = new LinkedHashMap<>();
        for (int i = 0; i <= 10; i++) {
            for (Path to : List.of(NEAR, FAR)) {
                String text = i < 10 ? "datagram " + (1_000 + number++) : "last";
                long at = batch.claim(100);
                MemorySegment.copy(text.getBytes(StandardCharsets.US_ASCII), 0, batch.segment(),
                        JAVA_BYTE, at, text.length());
                batch.commit(to, text.length());
                sent.computeIfAbsent(to.port(), p -> new ArrayList<>()).add(text);
            }
        }
        batch.flush();
        return sent;
    }

    @ParameterizedTest
    @ValueSource(ints = {Linux.EIO, Linux.EINVAL})
    void whatLeftInARefusedTrainLeavesOneByOne(int errno) {
        Kernel kernel = new Kernel(errno, NEAR.port(), FAR.port());
        Map<Integer, List<String>> sent = send(batch(kernel));
        assertThat(kernel.received).isEqualTo(sent);
        assertThat(counters.datagramsOut()).isEqualTo(22);
        assertThat(counters.bytesOut()).isEqualTo(2 * (10 * 13 + 4));
        assertThat(counters.unreachableOut()).isZero();
        assertThat(counters.trainsRefused()).isEqualTo(2);
    }

    @Test
    void withoutChecksumOffloadNoMoreTrainsAreTried() {
        Kernel kernel = new Kernel(Linux.EIO, NEAR.port(), FAR.port());
        SendBatch batch = batch(kernel);
        send(batch);
        int offered = kernel.trainsOffered;
        kernel.received.clear();
        assertThat(send(batch)).isEqualTo(kernel.received);
        assertThat(kernel.trainsOffered).isEqualTo(offered);
    }

    @Test
    void oneWayThatTakesNoTrainsDoesNotEndThemForOthers() {
        Kernel kernel = new Kernel(Linux.EINVAL, FAR.port());
        SendBatch batch = batch(kernel);
        for (int i = 0; i < 40; i++) {
            kernel.received.clear();
            assertThat(send(batch)).isEqualTo(kernel.received);
        }
        assertThat(counters.trainsRefused()).isEqualTo(40);
        assertThat(kernel.trainsTaken).isEqualTo(40);
    }

    @Test
    void aKernelThatTakesNoneIsNotAskedForever() {
        Kernel kernel = new Kernel(Linux.EINVAL, NEAR.port(), FAR.port());
        SendBatch batch = batch(kernel);
        for (int i = 0; i < 40; i++) {
            kernel.received.clear();
            assertThat(send(batch)).isEqualTo(kernel.received);
        }
        assertThat(counters.trainsRefused()).isEqualTo(16);
    }
}
