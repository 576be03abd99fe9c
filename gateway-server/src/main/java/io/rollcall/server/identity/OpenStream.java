package io.rollcall.server.identity;

import io.grpc.ServerCall;
import io.rollcall.server.failure.RefusedException;
import org.jspecify.annotations.Nullable;

/** A call that stays open, and the token it was let in with. Ended from any thread: its call must take that. */
final class OpenStream {
    private final ServerCall<?, ?> call;
    private volatile @Nullable VerifiedToken token;
    private volatile boolean isEnded;

    /** @param token null: the method needs none */
    OpenStream(ServerCall<?, ?> call, @Nullable VerifiedToken token) {
        this.call = call;
        this.token = token;
    }

    /**
     * Returns if its token still holds.
     *
     * @throws RefusedException otherwise
     */
    void require(TokenVerifier tokens, Connection connection, TrustPolicy policy, long now) {
        VerifiedToken last = token;
        if (last != null) {
            token = tokens.verify(connection, policy, last.header(), last, now);
        }
    }

    /** What the client sends from then on is for nobody. */
    boolean isEnded() {
        return isEnded;
    }

    void end(RefusedException why) {
        isEnded = true;
        call.close(why.status().withCause(why), why.trailers());
    }
}
