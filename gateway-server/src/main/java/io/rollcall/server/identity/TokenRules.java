package io.rollcall.server.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one namespace asks of a token: signed by its keys, about the certificate's holder, for this gateway, now, and
 * bound to the certificate (RFC 7519 §4.1, RFC 8705 §3.1, RFC 8725 §3). Messages quote nothing of the token.
 */
final class TokenRules {
    static final Duration MAX_SKEW = Duration.ofSeconds(30);
    private static final Set<JOSEObjectType> TYPES =
            Set.of(JOSEObjectType.JWT, JOSEObjectType.JOSE, new JOSEObjectType("at+jwt"));

    private final String issuer;
    private final String audience;
    private final Duration maxLifetime;
    private final boolean requireBinding;
    private final KeySource keys;

    TokenRules(NamespaceConfig namespace, String audience, Duration maxLifetime, KeySource keys) {
        this.issuer = namespace.issuer();
        this.audience = audience;
        this.maxLifetime = maxLifetime;
        this.requireBinding = namespace.requireTokenBinding();
        this.keys = keys;
    }

    /**
     * A token that is good.
     *
     * @param id its {@code jti}
     * @param untilMillis until when it holds, skew included, or its keys do; milliseconds since the epoch
     */
    record Good(String id, long untilMillis) {}

    /** @throws RefusedException if it does not hold */
    Good verify(String jwt, Connection connection, Instant now) {
        JWTClaimsSet claims;
        KeySource.Keys present;
        try {
            SignedJWT token = SignedJWT.parse(jwt);
            checkHeader(token.getHeader());
            present = keys.keys();
            checkSignature(token, present.keys());
            claims = token.getJWTClaimsSet();
            checkParties(claims, connection);
            checkBinding(claims.getJSONObjectClaim("cnf"), connection);
        } catch (ParseException | IllegalArgumentException e) {
            throw malformed("not a signed JWT");
        }
        long goodFor = Math.min(
                present.goodForMillis(),
                Duration.between(now, checkTimes(claims, now)).toMillis());
        return new Good(requireText(claims.getJWTID(), "jti"), now.toEpochMilli() + goodFor);
    }

    private static void checkHeader(JWSHeader header) {
        if (header.getJWKURL() != null || header.getX509CertURL() != null || header.getJWK() != null) {
            throw malformed("headers jku, x5u and jwk are never followed; leave them out");
        }
        if (header.getCriticalParams() != null) {
            throw malformed("header crit: no extension is understood here");
        }
        if (header.getType() != null && !TYPES.contains(header.getType())) {
            throw malformed("header typ (expected: JWT)");
        }
        if (header.getKeyID() == null) {
            throw malformed("header kid is missing");
        }
    }

    private void checkSignature(SignedJWT token, TokenKeys present) {
        Base64URL signature = token.getSignature();
        // The library reads over what is not base64url, and over bits that mean nothing: a token would have endless
        // spellings, each one of them new to the caches and to the record.
        if (!Base64URL.encode(signature.decode()).equals(signature)) {
            throw malformed("signature (expected: base64url without padding, RFC 7515 §2)");
        }
        TokenKey key = present.find(token.getHeader().getKeyID());
        if (key == null) {
            keys.unknownKey();
        }
        if (key == null || !key.signed(token)) {
            throw Refusal.TOKEN_FOREIGN.because("token: not signed by a key of the certificate's namespace");
        }
    }

    private void checkBinding(@Nullable Map<String, Object> confirmation, Connection connection) {
        if (confirmation == null) {
            if (requireBinding) {
                throw Refusal.TOKEN_UNBOUND.because("token: claim cnf.x5t#S256 is missing (RFC 8705)");
            }
            return;
        }
        byte[] expected = connection.thumbprint().getBytes(StandardCharsets.US_ASCII);
        if (!(confirmation.get("x5t#S256") instanceof String thumbprint)
                || !MessageDigest.isEqual(expected, thumbprint.getBytes(StandardCharsets.UTF_8))) {
            throw Refusal.TOKEN_UNBOUND.because("token: cnf.x5t#S256 is not this connection's certificate");
        }
    }

    private void checkParties(JWTClaimsSet claims, Connection connection) {
        if (!require(claims.getIssuer(), "iss").equals(issuer)) {
            throw Refusal.TOKEN_FOREIGN.because("token: iss is not the issuer of the certificate's namespace");
        }
        if (!require(claims.getSubject(), "sub").equals(connection.spiffeId())) {
            throw Refusal.TOKEN_FOREIGN.because("token: sub (expected: " + connection.spiffeId() + ")");
        }
        if (claims.getAudience().isEmpty()) {
            throw malformed("claim aud is missing");
        }
        if (!claims.getAudience().contains(audience)) {
            throw Refusal.TOKEN_FOREIGN.because("token: aud (expected: " + audience + ")");
        }
    }

    private Instant checkTimes(JWTClaimsSet claims, Instant now) {
        Instant expiry = require(claims.getExpirationTime(), "exp").toInstant();
        Instant issued = require(claims.getIssueTime(), "iat").toInstant();
        Date notBefore = claims.getNotBeforeTime();
        Instant latest = now.plus(MAX_SKEW);
        if (issued.isAfter(latest)
                || (notBefore != null && notBefore.toInstant().isAfter(latest))) {
            throw malformed("iat or nbf lies in the future; check the clock of its issuer");
        }
        Duration lifetime = Duration.between(issued, expiry);
        if (lifetime.isNegative() || lifetime.compareTo(maxLifetime) > 0) {
            throw malformed("lifetime from iat to exp (expected: at most " + maxLifetime.toSeconds() + "s)");
        }
        Instant end = expiry.plus(MAX_SKEW);
        if (!now.isBefore(end)) {
            throw Refusal.TOKEN_EXPIRED.because("token: expired; get a new one");
        }
        return end;
    }

    private static <T> T require(@Nullable T claim, String name) {
        if (claim == null) {
            throw malformed("claim " + name + " is missing");
        }
        return claim;
    }

    private static String requireText(@Nullable String claim, String name) {
        return require(claim == null || claim.isEmpty() ? null : claim, name);
    }

    static RefusedException malformed(String what) {
        return Refusal.TOKEN_MALFORMED.because("token: " + what);
    }
}
