package org.schiltron.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What visitors are measured against, as far as the service's settings ask for it.
 *
 * @param tokens null where none are taken; the others likewise
 * @param grants shared with whoever else asks about addresses: TLS that is passed through, UDP
 */
public record Credentials(@Nullable BearerTokens tokens, @Nullable Passwords passwords,
        @Nullable CertificateList certificates, @Nullable SourceGrants grants) {
    public static final Credentials NONE = new Credentials(null, null, null, null);

    /** @throws IllegalArgumentException if the settings ask for what is not there */
    void check(DoorSettings settings) {
        check(settings.uses(Authentication.TOKEN), tokens, "tokens");
        check(settings.uses(Authentication.PASSWORD), passwords, "a password file");
        check(settings.uses(Authentication.MTLS), certificates, "a list of certificates");
        check(settings.givesGrants(), grants, "a table of grants");
    }

    private static void check(boolean used, @Nullable Object part, String name) {
        if (used && part == null)
            throw new IllegalArgumentException("the settings ask for " + name + ", and there is none");
    }

    /** Whose token it is; null if it lets nobody in. */
    @Nullable
    String token(String token, long nowEpochSeconds) {
        return Objects.requireNonNull(tokens).client(token, nowEpochSeconds);
    }

    Passwords.Outcome password(String user, String password, Visitor visitor, long nowEpochSeconds) {
        return Objects.requireNonNull(passwords).check(user, password, visitor.source(), nowEpochSeconds);
    }

    boolean remembers(String user, String password, Visitor visitor, long nowEpochSeconds) {
        return Objects.requireNonNull(passwords).remembers(user, password, visitor.source(), nowEpochSeconds);
    }

    /** Whose certificate the visitor showed; null if it lets nobody in. */
    @Nullable
    String certificate(Visitor visitor, long nowEpochSeconds) {
        return visitor.certificate() == null
                ? null
                : Objects.requireNonNull(certificates).client(visitor.certificate(), nowEpochSeconds);
    }

    SourceGrants grantTable() {
        return Objects.requireNonNull(grants);
    }
}
