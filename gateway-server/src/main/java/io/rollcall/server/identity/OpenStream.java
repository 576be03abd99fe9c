package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that stays open, and the token it was let in with. Ended from any thread: its call must take that. */
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
     * Returns if its token still holds.
     *
     * @throws RefusedException otherwise
     */
    void require(TokenVerifier tokens, TrustPolicy policy, long now) {
        VerifiedToken last = token;
        if (last != null) {
            token = tokens.verify(connection, policy, last.header(), last, now);
        }
    }

    /** Whether it was ended for its credentials: what the client sends from then on is for nobody. */
    public boolean isEnded() {
        return isEnded;
    }

    void end(RefusedException why) {
        isEnded = true;
        end.accept(why);
    }

    /** The call is over. */
    public void close() {
        connection.streams().remove(this);
    }
}
