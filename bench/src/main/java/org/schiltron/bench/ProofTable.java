package org.schiltron.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.IteratedSequence;
import org.schiltron.proof.KeyedSequence;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PacketCipher;
import org.schiltron.proof.PublicKey;

/**
 * {@code bench/run proof}: what handshakes, nonce sequences, packet ciphers (docs/decisions/0002-cryptography.md) and
 * puzzles cost: thread CPU time and bytes allocated per operation, medians of interleaved rounds, and heap retained per object.
 */
final class ProofTable {
    private static final int ROUNDS = 7;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    record Case(String name, int operations, int perOperation, LongConsumer run, long[] ns, long[] bytes) {
        Case(String name, int operations, int perOperation, LongConsumer run) {
            this(name, operations, perOperation, run, new long[ROUNDS], new long[ROUNDS]);
        }

        /** Once {@link #print} has measured it. */
        double medianNs() {
            return ns[ROUNDS / 2] / 10.0;
        }
    }

    private ProofTable() {
    }

    public static void main(String[] arguments) throws GeneralSecurityException {
        if (arguments.length == 1 && arguments[0].equals("--puzzles")) {
            PuzzleRows.print();
            return;
        }
        sequences();
        for (int length : new int[]{100, 1_100}) {
            for (int keys : new int[]{1, 64})
                print(cipher("AES-128-GCM", "AES/GCM/NoPadding", 16, keys, length),
                        cipher("AES-256-GCM", "AES/GCM/NoPadding", 32, keys, length),
                        cipher("ChaCha20-Poly1305", "ChaCha20-Poly1305", 32, keys, length));
            packets(length);
        }
        handshakes();
        PuzzleRows.print();
        memory();
    }

    private static void sequences() {
        long[] nonces = new long[2 * 64];
        NonceSequence iterated = new IteratedSequence(new byte[32]);
        NonceSequence stepped = new IteratedSequence(new byte[32]);
        NonceSequence keyed = new KeyedSequence(new byte[32]);
        print(new Case("IteratedSequence, a nonce, 64 at a time", 20_000, 64,
                i -> iterated.generate(64 * i, 64, nonces, 0)),
                new Case("KeyedSequence, a nonce, 64 at a time", 20_000, 64,
                        i -> keyed.generate(64 * i, 64, nonces, 0)),
                new Case("IteratedSequence, a nonce, 1 at a time", 200_000, 1, i -> stepped.generate(i, 1, nonces, 0)),
                new Case("KeyedSequence, a nonce, 1 at a time", 200_000, 1, i -> keyed.generate(i, 1, nonces, 0)));
    }

    private static void packets(int length) {
        PacketCipher[] own = new PacketCipher[64];
        PacketCipher[] pooled = new PacketCipher[64];
        PacketCipher[] one = new PacketCipher[64];
        CipherPool pool = new CipherPool(64);
        CipherPool single = new CipherPool(1);
        for (int i = 0; i < 64; i++) {
            own[i] = new PacketCipher(new byte[32]);
            pooled[i] = new PacketCipher(new byte[32], pool);
            one[i] = new PacketCipher(SeededSecret.of(i), single);
        }
        byte[] plain = new byte[length];
        byte[] sealed = new byte[length + PacketCipher.OVERHEAD];
        print(new Case("PacketCipher.seal, own cipher, 64 in turn, " + length + " B", 50_000, 1,
                i -> own[(int) i & 63].seal(i >> 6, 1, i, plain, 0, length, sealed, 0)),
                new Case("PacketCipher.seal, pool of 64, " + length + " B", 50_000, 1,
                        i -> pooled[(int) i & 63].seal(i >> 6, 1, i, plain, 0, length, sealed, 0)),
                new Case("PacketCipher.seal, pool of 1, " + length + " B", 50_000, 1,
                        i -> one[(int) i & 63].seal(i >> 6, 1, i, plain, 0, length, sealed, 0)));
        byte[] good = new byte[length + PacketCipher.OVERHEAD];
        new PacketCipher(new byte[32]).seal(5, 1, 2, plain, 0, length, good, 0);
        byte[] bad = good.clone();
        bad[3] ^= 1;
        print(new Case("PacketCipher.open, " + length + " B", 50_000, 1,
                i -> own[0].open(5, 1, 2, good, 0, good.length, plain, 0)),
                new Case("PacketCipher.open, forged, " + length + " B", 20_000, 1,
                        i -> own[1].open(5, 1, 2, bad, 0, bad.length, plain, 0)));
    }

    private static void handshakes() {
        Identity a = Identity.ofSeed(new byte[32]);
        Identity b = Identity.ofSeed(SeededSecret.of(1));
        SeededRandom random = new SeededRandom(1);
        byte[] first = Handshake.initiator(a, b.publicKey(), new byte[0], random).write(new byte[100]);
        byte[] forged = first.clone();
        forged[40] ^= 1;
        byte[] signature = a.sign(first);
        print(new Case("Identity.ofSeed", 100, 1, i -> Identity.ofSeed(SeededSecret.of(i))),
                new Case("PublicKey.of", 300, 1, i -> PublicKey.of(a.publicKey().bytes())),
                new Case("sign", 300, 1, i -> a.sign(first)),
                new Case("verify", 300, 1, i -> a.publicKey().verify(first, signature)),
                new Case("initiator writes first", 200, 1,
                        i -> Handshake.initiator(a, b.publicKey(), new byte[0], random).write(new byte[100])),
                new Case("responder reads first", 200, 1,
                        i -> Handshake.responder(b, new byte[0], random).read(first)),
                new Case("responder rejects forged first", 200, 1,
                        i -> Handshake.responder(b, new byte[0], random).read(forged)));
    }

    private static void memory() {
        CipherPool shared = new CipherPool(64);
        retained("PacketCipher, own cipher, used", () -> used(new PacketCipher(new byte[32])));
        retained("PacketCipher, pooled, sealing", () -> used(new PacketCipher(SeededSecret.of(counter++), shared)));
        retained("PacketCipher, pooled, opening", () -> new PacketCipher(new byte[32], shared));
        retained("KeyedSequence, used", () -> used(new KeyedSequence(new byte[32])));
        retained("IteratedSequence, used", () -> used(new IteratedSequence(new byte[32])));
    }

    private static long counter;

    private static PacketCipher used(PacketCipher cipher) {
        cipher.seal(0, 0, 0, new byte[1_100], 0, 1_100, new byte[1_116], 0);
        return cipher;
    }

    private static NonceSequence used(NonceSequence sequence) {
        sequence.generate(0, 64, new long[128], 0);
        return sequence;
    }

    private static Case cipher(String name, String transformation, int keyBytes, int keys, int length)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(transformation);
        boolean aes = transformation.startsWith("AES");
        SecretKeySpec[] specs = new SecretKeySpec[keys];
        for (int i = 0; i < keys; i++)
            specs[i] = new SecretKeySpec(Arrays.copyOf(SeededSecret.of(i), keyBytes), aes ? "AES" : "ChaCha20");
        byte[] iv = new byte[12];
        byte[] associated = new byte[16];
        byte[] plain = new byte[length];
        byte[] sealed = new byte[length + 16];
        return new Case("JDK " + name + ", " + keys + " keys, " + length + " B", 50_000, 1, i -> {
            for (int j = 0; j < 8; j++)
                iv[4 + j] = (byte) (i >>> 8 * j);
            try {
                cipher.init(Cipher.ENCRYPT_MODE, specs[(int) (i % keys)],
                        aes ? new GCMParameterSpec(128, iv) : new IvParameterSpec(iv));
                cipher.updateAAD(associated);
                cipher.doFinal(plain, 0, length, sealed, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    static void print(Case... cases) {
        for (int round = -2; round < ROUNDS; round++) {
            for (Case c : cases) {
                long bytes = THREAD.getCurrentThreadAllocatedBytes();
                long start = THREAD.getCurrentThreadCpuTime();
                long first = (round + 2L) * c.operations;
                for (int i = 0; i < c.operations; i++)
                    c.run.accept(first + i);
                long ns = THREAD.getCurrentThreadCpuTime() - start;
                if (round >= 0) {
                    c.ns[round] = 10 * ns / c.operations / c.perOperation;
                    c.bytes[round] = (THREAD.getCurrentThreadAllocatedBytes() - bytes) / c.operations / c.perOperation;
                }
            }
        }
        for (Case c : cases) {
            Arrays.sort(c.ns);
            Arrays.sort(c.bytes);
            System.out.printf("%-60s %10.1f ns  (%.1f to %.1f) %6d B%n", c.name, c.ns[ROUNDS / 2] / 10.0,
                    c.ns[0] / 10.0, c.ns[ROUNDS - 1] / 10.0, c.bytes[ROUNDS / 2]);
        }
    }

    static void retained(String name, Supplier<Object> make) {
        int count = 10_000;
        Object[] kept = new Object[count];
        Object _ = make.get(); // loads its classes before the heap is read
        long before = heap();
        for (int i = 0; i < count; i++)
            kept[i] = make.get();
        long after = heap();
        System.out.printf("%-60s %10d B retained each, of %d%n", name, (after - before) / count, kept.length);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++)
            System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static final class SeededSecret {
        static byte[] of(long seed) {
            return new SeededRandom(seed).bytes(32);
        }
    }
}
