package io.rollcall.server.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.server.testing.TestPki.Identity;
import io.rollcall.server.testing.TestPki.Tenant;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A token that is good until a test spoils it. */
public final class TokenDraft {
    private final Tenant tenant;
    private final JWTClaimsSet.Builder claims;
    private JWSHeader.Builder header;
    private JWSSigner signer;

    TokenDraft(Tenant tenant, Identity holder, Instant now) {
        this.tenant = tenant;
        this.claims = new JWTClaimsSet.Builder()
                .issuer(tenant.issuer())
                .subject(holder.spiffeId())
                .audience(TestPki.AUDIENCE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(30))))
                .jwtID("token-1")
                .claim("cnf", Map.of("x5t#S256", thumbprint(holder.certificate())));
        this.header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(tenant.ecKey.getKeyID());
        try {
            this.signer = new ECDSASigner(tenant.ecKey);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public TokenDraft claim(String name, Object value) {
        claims.claim(name, value);
        return this;
    }

    public TokenDraft issued(Instant at) {
        return claim("iat", Date.from(at));
    }

    public TokenDraft expires(Instant at) {
        return claim("exp", Date.from(at));
    }

    public TokenDraft header(UnaryOperator<JWSHeader.Builder> change) {
        header = change.apply(header);
        return this;
    }

    public TokenDraft byRsa(JWSAlgorithm algorithm) {
        header = new JWSHeader.Builder(algorithm).keyID(tenant.rsaKey.getKeyID());
        try {
            signer = new RSASSASigner(tenant.rsaKey);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    public TokenDraft signedBy(JWSAlgorithm algorithm, JWSSigner other) {
        header = new JWSHeader.Builder(algorithm).keyID(tenant.ecKey.getKeyID());
        signer = other;
        return this;
    }

    public JWTClaimsSet claims() {
        return claims.build();
    }

    public String sign() {
        SignedJWT token = new SignedJWT(header.build(), claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    public static String thumbprint(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(TestPki.encoded(certificate));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
