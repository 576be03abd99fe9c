package io.rollcall.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.util.Set;

/** One public key with the one algorithm it is for (RFC 8725 §3.1). Immutable; any thread. */
record TokenKey(String kid, JWSAlgorithm algorithm, JWSVerifier verifier) {
    private static final Set<JWSAlgorithm> ALLOWED =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.RS256, JWSAlgorithm.PS256);
    private static final int MIN_RSA_BITS = 2048; // RFC 7518 §3.3

    /** Larger ones, and larger exponents, take milliseconds a token, of event loops and sweeps that are everybody's. */
    private static final int MAX_RSA_BITS = 4096;

    private static final int MAX_RSA_EXPONENT_BITS = 32;

    /** @throws IllegalArgumentException if it is no key for tokens; the message says what was expected */
    static TokenKey of(JWK key) {
        if (key.getKeyID() == null || key.getKeyID().isEmpty()) {
            throw new IllegalArgumentException("a key has no 'kid'");
        }
        String name = "key '" + key.getKeyID() + "' ";
        if (key.getAlgorithm() == null
                || !ALLOWED.contains(JWSAlgorithm.parse(key.getAlgorithm().getName()))) {
            throw new IllegalArgumentException(name + "needs an 'alg' of ES256, ES384, RS256, PS256");
        }
        if (key.isPrivate()) {
            throw new IllegalArgumentException(name + "holds its private half; publish the public half alone");
        }
        JWSAlgorithm algorithm = JWSAlgorithm.parse(key.getAlgorithm().getName());
        JWSVerifier verifier = verifier(key, name);
        if (!verifier.supportedJWSAlgorithms().contains(algorithm)) {
            throw new IllegalArgumentException(name + "is not of the kind that its 'alg' needs");
        }
        return new TokenKey(key.getKeyID(), algorithm, verifier);
    }

    private static JWSVerifier verifier(JWK key, String name) {
        try {
            switch (key.getKeyType().getValue()) {
                case "EC":
                    return fast(new ECDSAVerifier(key.toECKey()));
                case "RSA":
                    if (key.size() < MIN_RSA_BITS) {
                        throw new IllegalArgumentException(name + "is RSA of less than " + MIN_RSA_BITS + " bits");
                    }
                    if (key.size() > MAX_RSA_BITS || exponentBits(key.toRSAKey()) > MAX_RSA_EXPONENT_BITS) {
                        throw new IllegalArgumentException(name + "is RSA of more than " + MAX_RSA_BITS
                                + " bits, or its exponent of more than " + MAX_RSA_EXPONENT_BITS);
                    }
                    return fast(new RSASSAVerifier(key.toRSAKey()));
                default:
                    throw new IllegalArgumentException(name + "is neither EC nor RSA");
            }
        } catch (JOSEException e) {
            throw new IllegalArgumentException(name + "cannot be used: " + e.getMessage(), e);
        }
    }

    private static int exponentBits(RSAKey key) {
        return key.getPublicExponent().decodeToBigInteger().bitLength();
    }

    private static JWSVerifier fast(JWSVerifier verifier) {
        SignatureChecks.ofTokens().ifPresent(verifier.getJCAContext()::setProvider);
        return verifier;
    }

    /** Whether this key, with its algorithm, signed the token. */
    boolean signed(SignedJWT token) {
        try {
            return algorithm.equals(token.getHeader().getAlgorithm()) && token.verify(verifier);
        } catch (JOSEException e) {
            // Nimbus throws for signatures that cannot even be checked: not by this key.
            return false;
        }
    }
}
