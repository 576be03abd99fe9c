package io.rollcall.devcerts;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content and signature of a token to issue. Begin with {@link TokenIssuer#specFor} and change it as needed; every
 * method returns a changed copy. Nothing is validated: tests may request tokens that the gateway must refuse.
 */
public final class TokenSpec {
    final Map<String, Object> header;
    final Map<String, Object> claims;
    /** Null: the issuer's own key. */
    final @Nullable JWSSigner signer;

    private TokenSpec(Map<String, Object> header, Map<String, Object> claims, @Nullable JWSSigner signer) {
        this.header = header;
        this.claims = claims;
        this.signer = signer;
    }

    /** Returns a spec without claims and {@code kid}, signed by its issuer with ES256. */
    public static TokenSpec empty() {
        return new TokenSpec(Map.of("alg", "ES256", "typ", "JWT"), Map.of(), null);
    }

    /** Sets {@code sub}. */
    public TokenSpec subject(String spiffeId) {
        return claim("sub", spiffeId);
    }

    /** Sets {@code aud}. */
    public TokenSpec audience(String audience) {
        return claim("aud", audience);
    }

    /** Sets {@code iat}, whole seconds. */
    public TokenSpec issuedAt(Instant time) {
        return claim("iat", time.getEpochSecond());
    }

    /** Sets {@code exp}, whole seconds. */
    public TokenSpec expiresAt(Instant time) {
        return claim("exp", time.getEpochSecond());
    }

    /** Sets {@code cnf}: valid only on connections with this certificate (RFC 8705 §3.1). */
    public TokenSpec boundTo(X509Certificate certificate) {
        return claim("cnf", Map.of("x5t#S256", Credential.thumbprint(certificate)));
    }

    /** Removes {@code cnf}: valid on any connection. */
    public TokenSpec unbound() {
        return without("cnf");
    }

    /** Sets any claim to any value that JSON can write: text, number, list, map. */
    public TokenSpec claim(String name, Object value) {
        return new TokenSpec(header, with(claims, name, value), signer);
    }

    /** Removes a claim. */
    public TokenSpec without(String claim) {
        return new TokenSpec(header, with(claims, claim, null), signer);
    }

    /** Sets a header parameter: {@code kid}, {@code jku} … For {@code alg} use {@link #signedWith}. */
    public TokenSpec header(String name, Object value) {
        return new TokenSpec(with(header, name, value), claims, signer);
    }

    /** Removes a header parameter: {@code kid}, {@code typ} … */
    public TokenSpec withoutHeader(String name) {
        return new TokenSpec(with(header, name, null), claims, signer);
    }

    /** Signs with another key or algorithm; the header keeps its {@code kid}. */
    public TokenSpec signedWith(JWSAlgorithm algorithm, JWSSigner signer) {
        return new TokenSpec(with(header, "alg", algorithm.getName()), claims, signer);
    }

    /** Makes the token unsigned: {@code alg: none} (RFC 7519 §6). */
    public TokenSpec unsigned() {
        return new TokenSpec(with(header, "alg", "none"), claims, null);
    }

    private static Map<String, Object> with(Map<String, Object> map, String name, @Nullable Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(map);
        if (value == null) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return copy;
    }
}
