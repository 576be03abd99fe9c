package io.rollcall.server.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks a token's header and signature (RFC 7515 §4.1): one of the namespace's keys must have signed it, with the one
 * algorithm of that key, and the header cannot bring in other keys. Immutable; any thread.
 */
final class SignatureRules {
    private static final Set<String> TYPES = Set.of("jwt", "jose", "at+jwt"); // at+jwt: RFC 9068 §2.1
    private static final String MEDIA_TYPE_PREFIX = "application/";

    private final boolean requireKid;
    private final Runnable onUnknownKey;

    /**
     * @param requireKid if false, all keys for the token's algorithm are tried, unless they are too many (JWT-SVID
     *     §2.2)
     * @param onUnknownKey called for a token whose key is not known; must return at once
     */
    SignatureRules(boolean requireKid, Runnable onUnknownKey) {
        this.requireKid = requireKid;
        this.onUnknownKey = onUnknownKey;
    }

    /** @throws RefusedException TOKEN_MALFORMED */
    void checkHeader(JWSHeader header) {
        if (header.getJWKURL() != null || header.getX509CertURL() != null || header.getJWK() != null) {
            throw TokenRules.malformed("headers jku, x5u and jwk are never followed; leave them out");
        }
        if (header.getCriticalParams() != null) {
            throw TokenRules.malformed("header crit: no extension is understood here");
        }
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(shortened(type))) {
            throw TokenRules.malformed("header typ " + Quoted.of(type.getType()) + " (expected: JWT, JOSE or at+jwt)");
        }
        if (header.getKeyID() == null && requireKid) {
            throw TokenRules.malformed("header kid is missing");
        }
    }

    /** RFC 7515 §4.1.9: a case-insensitive media type, whose prefix may be omitted. */
    private static String shortened(JOSEObjectType type) {
        String name = type.getType().toLowerCase(Locale.ROOT);
        return name.startsWith(MEDIA_TYPE_PREFIX) ? name.substring(MEDIA_TYPE_PREFIX.length()) : name;
    }

    /**
     * @throws RefusedException TOKEN_FOREIGN if none of the keys signed it; TOKEN_MALFORMED if that cannot be
     *     determined
     */
    void check(SignedJWT token, TokenKeys present) {
        Base64URL signature = token.getSignature();
        // Only one encoding of a signature is accepted. The library ignores invalid base64url characters and unused
        // bits, so a token would have many encodings, each of them new to the caches and the audit log.
        if (!Base64URL.encode(signature.decode()).equals(signature)) {
            throw TokenRules.malformed("signature (expected: base64url without padding, RFC 7515 §2)");
        }
        JWSHeader header = token.getHeader();
        String kid = header.getKeyID();
        List<TokenKey> candidates = kid == null ? present.forAlgorithm(header.getAlgorithm()) : present.named(kid);
        if (candidates.size() > TokenKeys.MOST_CANDIDATES) {
            throw TokenRules.malformed("header kid is missing (expected: one, as the namespace has more than "
                    + TokenKeys.MOST_CANDIDATES + " keys for its alg)");
        }
        for (TokenKey key : candidates) {
            if (key.signed(token)) {
                return;
            }
        }
        if (candidates.isEmpty() || kid == null) {
            onUnknownKey.run();
        }
        throw Refusal.TOKEN_FOREIGN.because(
                "token: not signed by a key of the certificate's namespace" + whyForeign(header, candidates, present));
    }

    private static String whyForeign(JWSHeader header, List<TokenKey> candidates, TokenKeys present) {
        String kid = header.getKeyID();
        String algorithm = Quoted.of(header.getAlgorithm().getName());
        if (kid == null) {
            return ": header kid is missing, and of its keys for alg " + algorithm + " (" + candidates.size()
                    + ") none fits";
        }
        String passedOver = present.whyPassedOver(kid);
        if (candidates.isEmpty()) {
            return passedOver == null
                    ? ": kid " + Quoted.of(kid) + " is not in its key set (keys used: " + present.count() + ")"
                    : ": kid " + Quoted.of(kid) + " is passed over: " + passedOver;
        }
        if (candidates.stream().noneMatch(key -> key.algorithm().equals(header.getAlgorithm()))) {
            return ": alg " + algorithm + " (expected of its kid: "
                    + candidates.stream().map(key -> key.algorithm().getName()).collect(Collectors.joining(", ")) + ")";
        }
        return ": the signature does not fit its kid";
    }
}
