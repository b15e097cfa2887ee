package org.schiltron.bench;

import java.io.IOException;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.EquiX;
import org.schiltron.proof.EquiXPuzzle;
import org.schiltron.proof.HelloTarget;

/**
 * The puzzles' rows of {@code bench/run proof} (docs/decisions/0009-puzzles.md): what it costs to solve and to check
 * them on one thread, and beside the hash of the hash puzzle what OpenSSL makes of it on this machine.
 */
final class PuzzleRows {
    /** Bytes of a trial of the hash puzzle. */
    static final int TRIAL = 8 + HelloTarget.BYTES;

    private final EquiX equiX = new EquiX();
    private final byte[] found = new byte[EquiX.MAX_SOLUTIONS * EquiX.SOLUTION_BYTES];
    private long challenges;
    private long solutions;

    static void print() {
        new PuzzleRows().equiX();
        hash();
        openssl();
        byte[] inOrder = new byte[EquiX.SOLUTION_BYTES];
        ProofTable.retained("EquiX, that has verified", () -> {
            EquiX verifier = new EquiX();
            verifier.verify(challenge(0), inOrder);
            return verifier;
        });
    }

    private void equiX() {
        byte[] challenge = challenge(0);
        for (int i = 1; equiX.solve(challenge, found) == 0; i++)
            challenge = challenge(-i);
        byte[] target = Arrays.copyOf(challenge, HelloTarget.BYTES);
        byte[] solution = Arrays.copyOf(found, EquiX.SOLUTION_BYTES);
        byte[] solved = challenge;
        byte[] forged = solution.clone();
        forged[0] ^= 1; // in order still
        byte[] disordered = solution.clone();
        Arrays.fill(disordered, EquiX.SOLUTION_BYTES - 2, EquiX.SOLUTION_BYTES, (byte) 0);
        EquiXPuzzle puzzle = new EquiXPuzzle();
        ProofTable.Case solve = new ProofTable.Case("Equi-X, solve a challenge", 40, 1, this::solve);
        ProofTable.print(solve);
        ProofTable.print(new ProofTable.Case("Equi-X, verify", 1_000, 1, i -> equiX.verify(solved, solution)),
                new ProofTable.Case("Equi-X, verify a forgery in order", 1_000, 1, i -> equiX.verify(solved, forged)),
                new ProofTable.Case("Equi-X, verify one out of order", 100_000, 1,
                        i -> equiX.verify(solved, disordered)),
                new ProofTable.Case("Equi-X puzzle, bits", 100_000, 1, i -> puzzle.bits(target, solution)));
        double perChallenge = (double) solutions / challenges;
        System.out.printf("%-60s %10.2f of a challenge, %.1f a second on one thread%n", "Equi-X, solutions",
                perChallenge, perChallenge * 1e9 / solve.medianNs());
    }

    private void solve(long i) {
        challenges++;
        solutions += equiX.solve(challenge(i), found);
    }

    private static byte[] challenge(long i) {
        return new SeededRandom(i).bytes(HelloTarget.BYTES + EquiXPuzzle.NONCE_BYTES);
    }

    private static void hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] input = new byte[TRIAL];
            byte[] hash = new byte[32];
            ProofTable.Case trial = new ProofTable.Case("SHA-256 of " + TRIAL + " B, JDK", 500_000, 1, i -> {
                input[0] = (byte) i;
                digest.update(input, 0, input.length);
                try {
                    digest.digest(hash, 0, hash.length);
                } catch (DigestException e) {
                    throw new IllegalStateException(e);
                }
            });
            ProofTable.print(trial);
            System.out.printf("%-60s %10.0f a second on one thread%n", "hash puzzle, trials", 1e9 / trial.medianNs());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void openssl() {
        try {
            System.out.printf("%-60s %10.0f a second on one thread%n", "openssl speed -bytes " + TRIAL + " sha256",
                    OpensslSpeed.sha256PerSecond(TRIAL));
        } catch (IOException e) {
            System.out.println("openssl speed: not measured: " + e.getMessage());
        }
    }
}
