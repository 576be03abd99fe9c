package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream with the token that it was accepted with. May be ended from any thread, which its call must support. */
public final class OpenStream {
    private final Connection connection;
    private final Consumer<RefusedException> end;
    private volatile @Nullable VerifiedToken token;
    private volatile boolean isEnded;

    OpenStream(Authentication authentication, Consumer<RefusedException> end) {
        this.connection = authentication.connection();
        this.token = authentication.token();
        this.end = end;
    }

    /**
     * Returns if its token is still valid.
     *
     * @throws RefusedException otherwise
     */
    void require(TokenVerifier tokens, TrustPolicy policy, long now) {
        VerifiedToken last = token;
        if (last != null) {
            token = tokens.verify(connection, policy, last.header(), last, now);
        }
    }

    /** Whether it was ended for its credentials: later messages of the client are dropped. */
    public boolean isEnded() {
        return isEnded;
    }

    void end(RefusedException why) {
        isEnded = true;
        end.accept(why);
    }

    /** Removes the stream when the call is over. */
    public void close() {
        connection.streams().remove(this);
    }
}
