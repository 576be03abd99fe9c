package io.rollcall.server.identity;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated caller with its credentials. One is made for each connection, and one more for each token that is
 * accepted on it; calls share it. Immutable.
 */
public final class Authentication {
    private final Connection connection;
    private final @Nullable VerifiedToken token;
    private final CallIdentity identity;

    /** @param token null: authenticated by the certificate alone */
    Authentication(Connection connection, @Nullable VerifiedToken token, CallIdentity identity) {
        this.connection = connection;
        this.token = token;
        this.identity = identity;
    }

    /** The identity for inner layers and the audit log. */
    public CallIdentity identity() {
        return identity;
    }

    /** The caller. */
    public Caller caller() {
        return Objects.requireNonNull(identity.caller(), "a connection has an identity by being a member's");
    }

    Connection connection() {
        return connection;
    }

    @Nullable
    VerifiedToken token() {
        return token;
    }
}
