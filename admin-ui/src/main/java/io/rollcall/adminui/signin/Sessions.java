package io.rollcall.adminui.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is signed in: at most 1,000 sessions in memory, each ending after 30 minutes without a request by its person and
 * 12 hours after sign-in at the latest. Safe for use by many threads.
 */
public final class Sessions {

    static final Duration IDLE = Duration.ofMinutes(30);
    static final Duration LONGEST = Duration.ofHours(12);
    private static final int MOST = 1_000;
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random;
    private final Cache<String, Session> sessions;

    public Sessions(SecureRandom random, Ticker ticker) {
        this.random = random;
        this.sessions = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST)
                .expireAfterAccess(IDLE)
                .expireAfterWrite(LONGEST)
                .build();
    }

    Session begin(String user) {
        Session session = new Session(secret(), user, secret());
        sessions.put(session.id(), session);
        return session;
    }

    /** The session of this id, whose idle time begins anew. */
    Optional<Session> use(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(sessions.getIfPresent(id));
    }

    /** The session of this id; its idle time runs on, for requests that a page makes by itself. */
    Optional<Session> peek(@Nullable String id) {
        return id == null
                ? Optional.empty()
                : Optional.ofNullable(sessions.policy().getIfPresentQuietly(id));
    }

    /** Whether it has not ended. */
    public boolean isLive(Session session) {
        return peek(session.id()).isPresent();
    }

    void end(@Nullable String id) {
        if (id != null) {
            sessions.invalidate(id);
        }
    }

    /** Ends all of them: the password was changed. */
    void endAll() {
        sessions.invalidateAll();
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
