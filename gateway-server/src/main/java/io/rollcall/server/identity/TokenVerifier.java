package io.rollcall.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.NamespaceName;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the token of a call against the certificate of its connection; the certificate's namespace chooses the keys
 * and rules, never a claim. A signature check takes up to 2 ms, and a heartbeat brings the same token every time:
 *
 * <pre>
 * header ──► equal to the connection's last? ──► in the shared cache? ──► check signature and claims
 *                 40 ns                             1 µs                    up to 2 ms
 * </pre>
 *
 * What was verified holds until {@code exp} and the allowed skew. Any thread; never blocks.
 */
public final class TokenVerifier {
    static final int MAX_TOKEN_LENGTH = 4096;
    private static final long CACHE_CHARS = 32L << 20;
    private static final String SCHEME = "Bearer ";
    private static final int FETCH_TIMEOUT_MILLIS = 5_000;
    private static final int FETCH_LIMIT_BYTES = 256 << 10;

    private record CacheKey(String thumbprint, String header) {}

    private final Map<NamespaceName, TokenRules> rules = new HashMap<>();
    private final LongAdder verifications = new LongAdder();
    private final Clock clock;
    private final IdentityListener listener;
    private final Cache<CacheKey, VerifiedToken> cache = Caffeine.newBuilder()
            .maximumWeight(CACHE_CHARS)
            .weigher((CacheKey key, VerifiedToken token) -> key.header.length())
            .executor(Runnable::run)
            .build();

    /**
     * @param clock for the times in tokens
     * @param background fetches keys from https addresses, the first time at once; its owner shuts it down
     * @param listener told of each token that is accepted on a connection
     * @throws IllegalArgumentException if a key file cannot be used; the message names it and what to do
     */
    public TokenVerifier(
            IdentityConfig config, Clock clock, ScheduledExecutorService background, IdentityListener listener) {
        this.clock = clock;
        this.listener = listener;
        for (NamespaceConfig namespace : config.namespaces()) {
            KeySource keys = keySource(namespace, background);
            rules.put(namespace.name(), new TokenRules(namespace, config.audience(), config.maxTokenLifetime(), keys));
        }
    }

    /** Tokens whose signature and claims were checked since start; what the caches answered is not among them. */
    public long verifications() {
        return verifications.sum();
    }

    /**
     * Returns if the header's token is good for the connection.
     *
     * @param header the {@code authorization} header, null if there was none
     * @return who is calling, by this very token
     * @throws io.rollcall.server.failure.RefusedException otherwise
     */
    Origin verify(Connection connection, @Nullable String header) {
        if (header == null) {
            throw Refusal.TOKEN_MISSING.because("expected the header 'authorization: Bearer <JWT>'");
        }
        long now = clock.millis();
        Connection.Accepted last = connection.lastAccepted();
        if (last == null || !last.token().covers(header, now)) {
            last = connection.accept(lookUp(connection, header, now));
            listener.tokenAccepted(last.origin());
        }
        return last.origin();
    }

    private VerifiedToken lookUp(Connection connection, String header, long now) {
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw TokenRules.malformed("expected 'Bearer <JWT>'");
        }
        if (header.length() > SCHEME.length() + MAX_TOKEN_LENGTH) {
            throw TokenRules.malformed("longer than " + MAX_TOKEN_LENGTH + " characters");
        }
        CacheKey key = new CacheKey(connection.thumbprint(), header);
        VerifiedToken cached = cache.getIfPresent(key);
        if (cached != null && cached.covers(header, now)) {
            return cached;
        }
        VerifiedToken verified = verifyAnew(connection, header, Instant.ofEpochMilli(now));
        cache.put(key, verified);
        return verified;
    }

    private VerifiedToken verifyAnew(Connection connection, String header, Instant now) {
        verifications.increment();
        TokenRules ofNamespace = rules.get(connection.caller().namespace());
        if (ofNamespace == null) {
            throw Refusal.TOKEN_FOREIGN.because("token: no keys are known for the certificate's namespace");
        }
        TokenRules.Good good =
                ofNamespace.verify(header.substring(SCHEME.length()).strip(), connection, now);
        return new VerifiedToken(header, good.id(), good.until().toEpochMilli());
    }

    private static KeySource keySource(NamespaceConfig namespace, ScheduledExecutorService background) {
        URI address = namespace.jwks();
        String expected =
                "token keys of " + namespace.name() + ": " + address + " (expected a file: or https: address)";
        try {
            if ("https".equals(address.getScheme())) {
                DefaultResourceRetriever retriever =
                        new DefaultResourceRetriever(FETCH_TIMEOUT_MILLIS, FETCH_TIMEOUT_MILLIS, FETCH_LIMIT_BYTES);
                return new HttpsKeys(address.toURL(), retriever, background, System::nanoTime).start();
            }
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(expected, e);
        }
        if (!"file".equals(address.getScheme())) {
            throw new IllegalArgumentException(expected);
        }
        TokenKeys keys = TokenKeys.load(address);
        return () -> keys;
    }
}
