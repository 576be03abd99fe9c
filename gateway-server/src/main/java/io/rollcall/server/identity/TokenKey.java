package io.rollcall.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.SignedJWT;

/**
 * A public key with its one algorithm (RFC 8725 §3.1). Two keys are equal if they verify the same tokens. Immutable;
 * any thread.
 *
 * @param thumbprint of the public key (RFC 7638)
 */
record TokenKey(String kid, JWSAlgorithm algorithm, String thumbprint, JWSVerifier verifier) {

    /** Whether this key, with its algorithm, signed the token. */
    boolean signed(SignedJWT token) {
        try {
            return algorithm.equals(token.getHeader().getAlgorithm()) && token.verify(verifier);
        } catch (JOSEException e) {
            // Nimbus throws for signatures that it cannot check: they are not by this key.
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenKey key
                && kid.equals(key.kid)
                && algorithm.equals(key.algorithm)
                && thumbprint.equals(key.thumbprint);
    }

    @Override
    public int hashCode() {
        return thumbprint.hashCode();
    }

    @Override
    public String toString() {
        return Quoted.of(kid) + " (" + algorithm + ")";
    }
}
