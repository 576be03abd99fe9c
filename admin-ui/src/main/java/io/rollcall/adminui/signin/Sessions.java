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
 * The sessions of signed-in users: at most 1,000 in memory, each ending after 30 minutes without a user's request and
 * at most 12 hours after sign-in. Thread-safe.
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

    /** Returns the session of this id and restarts its idle time. */
    Optional<Session> use(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(sessions.getIfPresent(id));
    }

    /** Returns the session of this id without restarting its idle time, for requests that a page makes by itself. */
    Optional<Session> peek(@Nullable String id) {
        return id == null
                ? Optional.empty()
                : Optional.ofNullable(sessions.policy().getIfPresentQuietly(id));
    }

    /** Returns whether the session has not ended. */
    public boolean isLive(Session session) {
        return peek(session.id()).isPresent();
    }

    void end(@Nullable String id) {
        if (id != null) {
            sessions.invalidate(id);
        }
    }

    /** Ends all sessions after a change of the password. */
    void endAll() {
        sessions.invalidateAll();
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
