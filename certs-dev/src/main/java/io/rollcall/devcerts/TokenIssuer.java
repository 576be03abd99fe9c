package io.rollcall.devcerts;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.PlainObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Signs the tokens of one namespace (JWT, RFC 7519) with ES256. Thread-safe. */
public final class TokenIssuer {
    private static final int URI_NAME = 6; // GeneralName's tag, as X509Certificate counts them

    private final NamespaceName namespace;
    private final ECKey key;
    private final Clock clock;

    private TokenIssuer(NamespaceName namespace, ECKey key, Clock clock) {
        this.namespace = namespace;
        this.key = key;
        this.clock = clock;
    }

    /** Creates an issuer for {@code namespace} with a new key that no gateway trusts. */
    public static TokenIssuer create(NamespaceName namespace, Clock clock) {
        return of(namespace, (ECPrivateKey) Keys.generate().getPrivate(), clock);
    }

    static TokenIssuer of(NamespaceName namespace, ECPrivateKey key, Clock clock) {
        try {
            ECKey named = new ECKey.Builder(Curve.P_256, Keys.publicOf(key))
                    .privateKey(key)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint() // RFC 7638
                    .build();
            return new TokenIssuer(namespace, named, clock);
        } catch (JOSEException e) {
            throw new IllegalStateException("This JDK has no SHA-256", e);
        }
    }

    /** Returns the public signing key, with its {@code kid}. */
    public ECKey publicKey() {
        return key.toPublicJWK();
    }

    /** Returns the key set to publish, JSON, public keys only (RFC 7517). */
    public String jwks() {
        return new JWKSet(publicKey()).toString(true) + "\n";
    }

    /**
     * Returns the spec of a certificate's token: for its first URI name, bound to it, valid from now for 30 days, but
     * not longer than the certificate. Its {@code jti} is new.
     *
     * @throws IllegalArgumentException for a certificate without a URI name
     */
    public TokenSpec specFor(X509Certificate certificate) {
        Instant now = CertificateIssuer.now(clock);
        Instant end = now.plus(CertificateIssuer.LIFETIME);
        Instant latest = certificate.getNotAfter().toInstant();
        return TokenSpec.empty()
                .header("kid", key.getKeyID())
                .claim("iss", namespace.issuer())
                .subject(uri(certificate))
                .audience(DevCerts.AUDIENCE)
                .issuedAt(now)
                .expiresAt(end.isBefore(latest) ? end : latest)
                .claim("jti", UUID.randomUUID().toString())
                .boundTo(certificate);
    }

    /** Signs the token of {@code spec}, in compact form. */
    public String token(TokenSpec spec) {
        Map<String, Object> header = new LinkedHashMap<>(spec.header); // parse() does not accept an immutable map
        Payload payload = new Payload(spec.claims);
        try {
            if (Algorithm.NONE.getName().equals(header.get("alg"))) {
                return new PlainObject(PlainHeader.parse(header), payload).serialize();
            }
            JWSObject token = new JWSObject(JWSHeader.parse(header), payload);
            token.sign(spec.signer == null ? signer() : spec.signer);
            return token.serialize();
        } catch (JOSEException | ParseException e) {
            throw new IllegalArgumentException("This token cannot be made: " + e.getMessage(), e);
        }
    }

    /**
     * Signs these exact characters with ES256, valid JSON or not: for tokens that {@link TokenSpec} cannot express,
     * such as one with a duplicate claim.
     */
    public String signed(String header, String claims) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        try {
            JWSHeader es256 = new JWSHeader(JWSAlgorithm.ES256);
            return input + "." + signer().sign(es256, input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("This token cannot be signed: " + e.getMessage(), e);
        }
    }

    private JWSSigner signer() throws JOSEException {
        return new ECDSASigner(key);
    }

    private static String uri(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0).equals(URI_NAME)) {
                        return (String) name.get(1);
                    }
                }
            }
            throw new IllegalArgumentException("This certificate has no URI name");
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("This certificate's names cannot be read", e);
        }
    }
}
