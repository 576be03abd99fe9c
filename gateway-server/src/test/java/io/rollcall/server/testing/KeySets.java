package io.rollcall.server.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.TokenSpec;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Key sets member for member as issuers publish them, with keys made at run time: those for tokens beside those that are
 * not, or that nobody here can read.
 */
public final class KeySets {
    private KeySets() {}

    /**
     * A key by which the issuer signs tokens.
     *
     * @param algorithm the one it signs by
     */
    public record Signing(String kid, JWK pair, JWSAlgorithm algorithm) {
        public JWSSigner signer() {
            try {
                return pair instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) pair);
            } catch (JOSEException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The same token, signed by this key and naming it. */
        public TokenSpec sign(TokenSpec token) {
            return token.header("kid", kid).signedWith(algorithm, signer());
        }
    }

    /**
     * What stands at an issuer's address.
     *
     * @param signing its keys for tokens
     * @param others how many keys there are beside them
     */
    public record Published(String issuer, String json, List<Signing> signing, int others) {
        @Override
        public String toString() {
            return issuer;
        }
    }

    /** All shapes. */
    public static List<Published> all() {
        return List.of(keycloak(), entra(), dex(), auth0(), okta(), spireBundle(), spireDiscovery(), strange());
    }

    /** Keycloak 26: a key to sign, and one to encrypt. */
    public static Published keycloak() {
        Signing signing = rsa("k-sig", JWSAlgorithm.RS256);
        return published(
                "Keycloak",
                List.of(signing),
                withCertificate(key(signing, "alg", "RS256", "use", "sig"), signing.pair),
                withCertificate(key(rsa("k-enc", JWSAlgorithm.RS256), "alg", "RSA-OAEP", "use", "enc"), signing.pair));
    }

    /** Entra ID: no alg; a member 'issuer' beside those of the standard. */
    public static Published entra() {
        Signing first = rsa("e-1", JWSAlgorithm.RS256);
        Signing second = rsa("e-2", JWSAlgorithm.RS256);
        String[] members = {
            "use",
            "sig",
            "x5t",
            "e-1",
            "cloud_instance_name",
            "microsoftonline.com",
            "issuer",
            "https://login.microsoftonline.com/{tenantid}/v2.0"
        };
        return published(
                "Entra ID",
                List.of(first, second),
                withCertificate(key(first, members), first.pair),
                withCertificate(key(second, members), second.pair));
    }

    /** Dex: the key in use and the one before. */
    public static Published dex() {
        Signing now = rsa("d-now", JWSAlgorithm.RS256);
        Signing before = rsa("d-before", JWSAlgorithm.RS256);
        return published(
                "Dex",
                List.of(now, before),
                key(now, "alg", "RS256", "use", "sig"),
                key(before, "alg", "RS256", "use", "sig"));
    }

    public static Published auth0() {
        Signing signing = rsa("a-1", JWSAlgorithm.RS256);
        return published(
                "Auth0",
                List.of(signing),
                withCertificate(key(signing, "alg", "RS256", "use", "sig", "x5t", "a-1"), signing.pair));
    }

    public static Published okta() {
        Signing signing = rsa("o-1", JWSAlgorithm.RS256);
        return published("Okta", List.of(signing), key(signing, "alg", "RS256", "use", "sig"));
    }

    /** A SPIFFE bundle: CAs of certificates, without kid, and keys of JWT-SVIDs, without alg. */
    public static Published spireBundle() {
        Signing first = ec("s-1", Curve.P_256, JWSAlgorithm.ES256);
        Signing second = rsa("s-2", JWSAlgorithm.RS256);
        Map<String, Object> ca = withCertificate(key(ec("ca", Curve.P_384, JWSAlgorithm.ES384)), first.pair);
        ca.put("use", "x509-svid");
        ca.remove("kid");
        Map<String, Object> withoutUse = key(ec("no-use", Curve.P_256, JWSAlgorithm.ES256));
        return new Published(
                "SPIRE bundle",
                "{\"spiffe_sequence\":7,\"spiffe_refresh_hint\":300,\"keys\":"
                        + array(ca, key(first, "use", "jwt-svid"), key(second, "use", "jwt-svid"), withoutUse) + "}",
                List.of(first, second),
                2);
    }

    /** SPIRE's OIDC discovery provider. */
    public static Published spireDiscovery() {
        Signing first = ec("p-1", Curve.P_256, JWSAlgorithm.ES256);
        Signing second = ec("p-2", Curve.P_384, JWSAlgorithm.ES384);
        return published(
                "SPIRE discovery", List.of(first, second), key(first, "alg", "ES256", "use", "sig"), key(second));
    }

    /** What nobody here can read, beside a good key. */
    public static Published strange() {
        Signing good = ec("good", Curve.P_521, JWSAlgorithm.ES512);
        Map<String, Object> forEncryption = key(ec("agree", Curve.P_256, JWSAlgorithm.ES256));
        forEncryption.put("key_ops", List.of("deriveKey"));
        Map<String, Object> toVerify = key(good);
        toVerify.put("key_ops", List.of("verify", "wonder"));
        return published(
                "strange kinds",
                List.of(good),
                Map.of("kty", "AKP", "kid", "pq", "alg", "ML-DSA-44", "pub", "AAAA"),
                Map.of("kty", "OKP", "kid", "ed", "crv", "Ed25519", "alg", "EdDSA", "use", "sig", "x", "AAAA"),
                Map.of("kty", "EC", "kid", "bitcoin", "crv", "secp256k1", "alg", "ES256K", "x", "AAAA", "y", "AAAA"),
                Map.of("kty", "EC", "kid", "future", "crv", "P-1024", "x", "AAAA", "y", "AAAA"),
                forEncryption,
                toVerify);
    }

    private static Signing rsa(String kid, JWSAlgorithm algorithm) {
        try {
            return new Signing(kid, new RSAKeyGenerator(2048).keyID(kid).generate(), algorithm);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Signing ec(String kid, Curve curve, JWSAlgorithm algorithm) {
        try {
            return new Signing(kid, new ECKeyGenerator(curve).keyID(kid).generate(), algorithm);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public half with these members, name and value in turn. */
    private static Map<String, Object> key(Signing signing, String... members) {
        Map<String, Object> key = new LinkedHashMap<>(signing.pair.toPublicJWK().toJSONObject());
        for (int i = 0; i < members.length; i += 2) {
            key.put(members[i], members[i + 1]);
        }
        return key;
    }

    /** As issuers do, with a certificate of their own making. */
    private static Map<String, Object> withCertificate(Map<String, Object> key, JWK pair) {
        try {
            KeyPair keys = pair instanceof RSAKey rsa ? rsa.toKeyPair() : ((ECKey) pair).toKeyPair();
            X509Certificate certificate = CertificateIssuer.selfSigned(
                            CertificateSpec.authority("tokens").keys(keys), Clock.systemUTC())
                    .authority();
            key.put("x5c", List.of(Base64.getEncoder().encodeToString(certificate.getEncoded())));
            return key;
        } catch (JOSEException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @SafeVarargs
    private static Published published(String issuer, List<Signing> signing, Map<String, Object>... keys) {
        return new Published(issuer, "{\"keys\":" + array(keys) + "}", signing, keys.length - signing.size());
    }

    @SafeVarargs
    private static String array(Map<String, Object>... keys) {
        return Stream.of(keys).map(JSONObjectUtils::toJSONString).collect(Collectors.joining(",", "[", "]"));
    }
}
