package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Entropy;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.Token;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron token}. */
@Command(name = "token", description = "Lets known clients in first: issues, shows and revokes tokens.", subcommands = {
        TokenCommand.Issue.class, TokenCommand.Show.class, TokenCommand.Revoke.class}, footer = {"", "Examples:",
                "  schiltron token issue --key service.key --for CLIENTKEY --expires 30d",
                "  schiltron token revoke --key service.key TOKEN"})
final class TokenCommand implements Runnable {
    static final String PREFIX = "schiltron-token-";
    /** Files in one directory. */
    private static final int MAX_COUNT = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? issue, show or revoke");
    }

    private static ObjectNode json(Token token) {
        return Json.MAPPER.createObjectNode().put("token", token.text()).put("client", token.client().text())
                .put("serial", token.serial())
                .put("expires", Instant.ofEpochSecond(token.expiresEpochSeconds()).toString())
                .put("connectionsPerMinute", token.connectionsPerMinute());
    }

    /** {@code schiltron token issue}. */
    @Command(name = "issue", description = "Issues a token to a client's key, or tokens to fresh keys.", footer = {"",
            "A token is no secret: only who has the client's secret key can use it. The client makes that key itself",
            "(schiltron key new me.key) and sends you what it prints; --for takes it. With --count the keys are made",
            "here, one for each token, so that nobody can link their uses: hand out both files, then delete them.",
            "From a day on a token ends with a day (UTC). Its serial number is random; token revoke takes it.", "",
            "Examples:", "  schiltron token issue --key service.key --for CLIENTKEY --expires 30d",
            "  schiltron token issue --key service.key --for CLIENTKEY --expires 12h --rate 6 --out alice.token",
            "  schiltron token issue --key service.key --count 50 --expires 90d --out tokens/",
            "  schiltron token issue --key delegate.key --delegation delegate.txt --for CLIENTKEY --expires 7d"})
    static final class Issue implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Option(names = "--key", required = true, paramLabel = "FILE", description = "the service's secret key file, or its delegate's")
        @SuppressWarnings("NullAway.Init")
        private Path key;

        @Option(names = "--delegation", paramLabel = "FILE", description = "what lets the key issue tokens, if it is a delegate's")
        private @Nullable Path delegation;

        @ArgGroup(multiplicity = "1")
        @SuppressWarnings("NullAway.Init")
        private Whom whom;

        @Option(names = "--expires", required = true, paramLabel = "TIME", description = "how long it holds: 30d, 12h, 45m, 90s")
        @SuppressWarnings("NullAway.Init")
        private String expires;

        @Option(names = "--rate", paramLabel = "N", defaultValue = "0", description = "connections a minute, 1-65535; 0 leaves it to the mailboxes (default: 0)")
        private int rate;

        @Option(names = "--out", paramLabel = "FILE|DIR", description = "where to write: a file, or with --count a directory")
        private @Nullable Path out;

        @Option(names = "--json", description = "print {\"token\",\"client\",\"serial\",\"expires\",\"connectionsPerMinute\",\"files\"}, a line each")
        private boolean json;

        /** One of both. */
        private static final class Whom {
            @Option(names = "--for", paramLabel = "CLIENTKEY", description = "the client's public key")
            private @Nullable String client;

            @Option(names = "--count", paramLabel = "N", description = "make so many keys and a token for each")
            private int count;
        }

        @Override
        public Integer call() {
            if (rate < 0 || rate > Token.MAX_RATE)
                throw new Failure(Exit.USAGE, "--rate: " + rate + " is not one of 0-65535");
            long end = Lifetime.end("--expires", expires, Lifetime.nowEpochSeconds());
            Issuer issuer = Issuer.read(key, delegation, Delegation.Use.TOKENS);
            RandomSource random = new Entropy();
            if (whom.client != null) {
                print(issue(issuer, client(whom.client), random, end), out, null);
                return Exit.OK.code();
            }
            if (whom.count < 1 || whom.count > MAX_COUNT)
                throw new Failure(Exit.USAGE, "--count: " + whom.count + " is not one of 1-" + MAX_COUNT);
            Path directory = out;
            if (directory == null)
                throw new Failure(Exit.USAGE, "--count makes keys too: give --out DIR to write them to");
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new Failure(Exit.FILE, directory + ": cannot be made: " + Reason.of(e), e);
            }
            for (int i = 1; i <= whom.count; i++) {
                Path keyFile = directory.resolve("client-" + i + ".key");
                Identity made = KeyFiles.create(keyFile);
                print(issue(issuer, made.publicKey(), random, end), directory.resolve("client-" + i + ".token"),
                        keyFile);
            }
            return Exit.OK.code();
        }

        private Token issue(Issuer issuer, PublicKey client, RandomSource random, long end) {
            return Token.issue(issuer.key(), issuer.service(), client, random.nextLong() & Long.MAX_VALUE, end, rate);
        }

        private void print(Token token, @Nullable Path file, @Nullable Path keyFile) {
            if (file != null)
                TextFiles.write(file, "# schiltron token, serial " + token.serial() + "; for " + token.client() + "\n"
                        + token.text() + "\n");
            PrintWriter to = spec.commandLine().getOut();
            if (json) {
                ObjectNode node = json(token);
                var files = node.putArray("files");
                if (keyFile != null)
                    files.add(keyFile.toString());
                if (file != null)
                    files.add(file.toString());
                to.println(node);
            } else {
                to.println(file == null ? token.text() : file + (keyFile == null ? "" : " " + keyFile));
            }
        }

        private static PublicKey client(String text) {
            try {
                return PublicKey.parse(text);
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.USAGE, "--for: " + e.getMessage(), e);
            }
        }
    }

    /** {@code schiltron token show}. */
    @Command(name = "show", description = "Shows what a token says, and whether it holds.", footer = {"",
            "Without --issuer nobody is asked whose signature it is.", "", "Examples:",
            "  schiltron token show alice.token", "  schiltron token show alice.token --issuer SERVICEKEY --json"})
    static final class Show implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "TOKEN", description = "a file made by token issue, or its text")
        @SuppressWarnings("NullAway.Init")
        private String token;

        @Option(names = "--issuer", paramLabel = "KEY", description = "the public key that must have signed it")
        private @Nullable String issuer;

        @Option(names = "--json", description = "print one JSON object")
        private boolean json;

        @Override
        public Integer call() {
            Token shown = TextFiles.read(token, PREFIX, text -> {
                Token parsed = Token.parse(text);
                parsed.client(); // a token for no key shows nothing
                return parsed;
            });
            Boolean signed = issuer == null ? null : shown.signedBy(key(issuer));
            boolean expired = shown.isExpired(Lifetime.nowEpochSeconds());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                ObjectNode node = json(shown).put("expired", expired);
                if (signed != null)
                    node.put("signed", signed);
                out.println(node);
            } else {
                out.println("client: " + shown.client());
                out.println("serial: " + shown.serial());
                out.println("expires: " + Instant.ofEpochSecond(shown.expiresEpochSeconds())
                        + (expired ? " (it has expired)" : ""));
                out.println("rate: " + (shown.connectionsPerMinute() == 0
                        ? "as the mailbox likes"
                        : shown.connectionsPerMinute() + " connections a minute"));
                out.println("signature: " + (signed == null
                        ? "not looked at; --issuer KEY says whose it must be"
                        : signed ? "by " + issuer : "not by " + issuer));
            }
            return signed == null || signed ? Exit.OK.code() : Exit.FAILED.code();
        }

        private static PublicKey key(String text) {
            try {
                return PublicKey.parse(text);
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.USAGE, "--issuer: " + e.getMessage(), e);
            }
        }
    }

    /** {@code schiltron token revoke}. */
    @Command(name = "revoke", description = "Makes tokens count no more.", footer = {"",
            "Writes their serial numbers to FILE.revoked beside the key, which protect reads when it starts and on SIGHUP.",
            "A line goes by itself when its token would have expired; one of a number alone stays.", "", "Examples:",
            "  schiltron token revoke --key service.key alice.token",
            "  schiltron token revoke --key service.key 4611686018427387904"})
    static final class Revoke implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Option(names = "--key", required = true, paramLabel = "FILE", description = "the service's secret key file")
        @SuppressWarnings("NullAway.Init")
        private Path key;

        @Parameters(arity = "1..*", paramLabel = "TOKEN", description = "a token's file, text, or serial number")
        @SuppressWarnings("NullAway.Init")
        private List<String> tokens;

        @Override
        public Integer call() {
            if (!Files.exists(key))
                throw new Failure(Exit.FILE, key + ": cannot be read: there is no such file or directory");
            Map<Long, Long> serials = new LinkedHashMap<>();
            for (String token : tokens) {
                if (token.length() <= 19 && token.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    serials.put(serial(token), RevocationFile.UNKNOWN);
                } else {
                    Token revoked = TextFiles.read(token, PREFIX, Token::parse);
                    serials.put(revoked.serial(), revoked.expiresEpochSeconds());
                }
            }
            RevocationFile file = RevocationFile.besideKey(key);
            file.add(serials, Lifetime.nowEpochSeconds());
            PrintWriter out = spec.commandLine().getOut();
            serials.keySet().forEach(serial -> out.println("revoked " + serial + " in " + file.path()));
            return Exit.OK.code();
        }

        private static long serial(String digits) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw new Failure(Exit.USAGE, digits + " is not a token's serial number: it is too large", e);
            }
        }
    }
}
