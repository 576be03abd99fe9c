package io.rollcall.server.identity;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token by the rules of one namespace: signed by its keys, about the certificate's holder, for this gateway,
 * valid now, and bound to the certificate (RFC 7519 §4.1, RFC 8705 §3.1, RFC 8725 §3). If the binding is not required,
 * a JWT-SVID as defined by SPIFFE is accepted:
 *
 * <pre>
 *              sub aud exp   iss            iat, jti       cnf        header kid
 *   bound      required      required       required       required   required
 *   otherwise  required      if configured  if present     if present if the keys of its algorithm are too many to try
 * </pre>
 *
 * Messages name the value found and the value expected. Of a token they quote only single values, truncated and
 * sanitized, to the caller that sent them.
 */
final class TokenRules {
    static final Duration MAX_SKEW = Duration.ofSeconds(30);
    private static final int DIGEST_BYTES = 16;

    private final Optional<String> issuer;
    private final String audience;
    private final Duration maxLifetime;
    private final boolean requireBinding;
    private final KeySource keys;
    private final SignatureRules signatures;

    TokenRules(NamespaceConfig namespace, String audience, Duration maxLifetime, KeySource keys) {
        this.issuer = namespace.issuer();
        this.audience = audience;
        this.maxLifetime = maxLifetime;
        this.requireBinding = namespace.requireTokenBinding();
        this.keys = keys;
        this.signatures = new SignatureRules(requireBinding, keys::unknownKey);
    }

    /** The source of the keys that verify the token. */
    KeySource keys() {
        return keys;
    }

    /**
     * A valid token.
     *
     * @param id its {@code jti}, or {@code sha256:} and a hash of a token that has none
     * @param untilMillis when it expires, skew included, or its keys do; milliseconds since the epoch
     */
    record Good(String id, long untilMillis) {}

    /** @throws RefusedException if it is not valid */
    Good verify(String jwt, Connection connection, Instant now) {
        SignedJWT token = parse(jwt);
        signatures.checkHeader(token.getHeader());
        KeySource.Keys present = keys.keys();
        signatures.check(token, present.keys());
        TokenClaims claims = TokenClaims.of(token.getPayload());
        checkParties(claims, connection);
        checkBinding(claims.object("cnf"), connection);
        String id = id(claims, jwt);
        long goodFor = Math.min(
                present.goodForMillis(),
                Duration.between(now, checkTimes(claims, now)).toMillis());
        return new Good(id, now.toEpochMilli() + goodFor);
    }

    private static SignedJWT parse(String jwt) {
        try {
            return SignedJWT.parse(jwt);
        } catch (ParseException | IllegalArgumentException e) {
            throw malformed("not a signed JWT");
        }
    }

    private void checkBinding(@Nullable Map<?, ?> confirmation, Connection connection) {
        if (confirmation == null) {
            if (requireBinding) {
                throw Refusal.TOKEN_UNBOUND.because("token: claim cnf.x5t#S256 is missing (RFC 8705)");
            }
            return;
        }
        byte[] expected = connection.thumbprint().getBytes(StandardCharsets.US_ASCII);
        Object came = confirmation.get("x5t#S256");
        if (!(came instanceof String thumbprint)
                || !MessageDigest.isEqual(expected, thumbprint.getBytes(StandardCharsets.UTF_8))) {
            throw Refusal.TOKEN_UNBOUND.because("token: cnf.x5t#S256 "
                    + (came instanceof String text ? Quoted.of(text) : "is missing or no text")
                    + " is not this connection's certificate (expected: " + connection.thumbprint() + ")");
        }
    }

    private void checkParties(TokenClaims claims, Connection connection) {
        if (issuer.isPresent()) {
            requireEqual("iss", claims.requiredText("iss"), issuer.get());
        }
        requireEqual("sub", claims.requiredText("sub"), connection.spiffeId());
        List<String> audiences = claims.requiredTexts("aud");
        if (!audiences.contains(audience)) {
            String first = Quoted.of(audiences.get(0));
            throw Refusal.TOKEN_FOREIGN.because("token: aud " + first
                    + (audiences.size() > 1 ? " and " + (audiences.size() - 1) + " more" : "") + " (expected: "
                    + audience + ")");
        }
    }

    private static void requireEqual(String name, String came, String expected) {
        if (!came.equals(expected)) {
            throw Refusal.TOKEN_FOREIGN.because(
                    "token: " + name + " " + Quoted.of(came) + " (expected: " + expected + ")");
        }
    }

    /**
     * Returns the id for the audit log: the {@code jti}, or else a value that distinguishes tokens without revealing
     * them.
     */
    private String id(TokenClaims claims, String jwt) {
        String id = requireBinding ? claims.requiredText("jti") : claims.text("jti");
        if (id != null && id.isEmpty()) {
            throw malformed("claim jti is empty");
        }
        return id == null ? "sha256:" + digest(jwt) : id;
    }

    private static String digest(String jwt) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(jwt.getBytes(StandardCharsets.UTF_8));
            return Base64URL.encode(Arrays.copyOf(hash, DIGEST_BYTES)).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private Instant checkTimes(TokenClaims claims, Instant now) {
        Instant expiry = claims.requiredTime("exp");
        Instant issued = requireBinding ? claims.requiredTime("iat") : claims.time("iat");
        Instant latest = now.plus(MAX_SKEW);
        refuseFuture("iat", issued, latest);
        refuseFuture("nbf", claims.time("nbf"), latest);
        // Without iat: as if issued now, by a clock that may be ahead.
        Duration lifetime = Duration.between(issued == null ? latest : issued, expiry);
        if (issued != null && lifetime.isNegative()) {
            throw malformed("exp " + expiry + " is before iat " + issued);
        }
        if (lifetime.compareTo(maxLifetime) > 0) {
            throw malformed("lifetime of " + lifetime.toSeconds() + "s " + (issued == null ? "left" : "from iat to exp")
                    + " (expected: at most " + maxLifetime.toSeconds() + "s)");
        }
        Instant end = expiry.plus(MAX_SKEW);
        if (!now.isBefore(end)) {
            throw Refusal.TOKEN_EXPIRED.because(
                    "token: expired at " + expiry + ", now it is " + now + "; get a new one");
        }
        return end;
    }

    private static void refuseFuture(String name, @Nullable Instant time, Instant latest) {
        if (time != null && time.isAfter(latest)) {
            throw malformed(name + " " + time + " lies in the future (expected: " + latest
                    + " at the latest); check the clock of its issuer");
        }
    }

    static RefusedException malformed(String what) {
        return Refusal.TOKEN_MALFORMED.because("token: " + what);
    }
}
