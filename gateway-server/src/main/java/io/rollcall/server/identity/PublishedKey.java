package io.rollcall.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.rollcall.server.identity.PassedOver.Cause;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One member of a set's {@code keys}, as its issuer wrote it (RFC 7517 §4, RFC 7518 §6), and the rules for keys that
 * verify tokens. Certificates ({@code x5c} …) and unknown members are ignored.
 *
 * @param inSpiffeBundle whether its set is a SPIFFE bundle, in which a key is for tokens only if it says so
 */
record PublishedKey(JsonNode json, boolean inSpiffeBundle) {
    private static final Map<String, JWSAlgorithm> OF_CURVES =
            Map.of("P-256", JWSAlgorithm.ES256, "P-384", JWSAlgorithm.ES384, "P-521", JWSAlgorithm.ES512);
    private static final Set<String> SECRETS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
    private static final int MIN_RSA_BITS = 2048; // RFC 7518 §3.3

    /** Larger keys and exponents take milliseconds for each token, on event loops and sweeps that all tenants share. */
    private static final int MAX_RSA_BITS = 4096;

    private static final int MAX_RSA_EXPONENT_BITS = 32;

    /** The {@code kid}; empty if it has none. */
    String kid() {
        return json.path("kid").isTextual() ? json.path("kid").textValue() : "";
    }

    /**
     * @param ofRsa the algorithm of an RSA key that names none
     * @throws UnusableKeyException if it must not verify tokens
     */
    TokenKey forTokens(JWSAlgorithm ofRsa) throws UnusableKeyException {
        if (!json.isObject()) {
            throw unusable("it is not a JSON object");
        }
        refuseSecrets();
        requireUse();
        if (kid().isEmpty()) {
            throw unusable("kid is missing or no text; tokens could not name it");
        }
        String type = text("kty");
        return switch (type) {
            case "EC" -> elliptic();
            case "RSA" -> rsa(ofRsa);
            default -> throw unusable("kty " + Quoted.of(type) + " (expected EC or RSA)");
        };
    }

    private void refuseSecrets() throws UnusableKeyException {
        for (String member : SECRETS) {
            if (json.has(member)) {
                throw new UnusableKeyException(
                        Cause.SECRET,
                        "it holds what is secret, member '" + member + "'; replace the key, and publish its public half"
                                + " alone");
            }
        }
    }

    /** SPIFFE Trust Domain and Bundle §4.2.2: in a bundle, a key without {@code use} is not used. */
    private void requireUse() throws UnusableKeyException {
        if (!json.has("use") && inSpiffeBundle) {
            throw unusable("use is missing (expected in a SPIFFE bundle: jwt-svid)");
        }
        if (json.has("use")) {
            String use = text("use");
            if (use.equals("enc") || use.equals("x509-svid")) {
                throw new UnusableKeyException(Cause.OTHER_USE, "use " + Quoted.of(use));
            }
            if (!use.equals("jwt-svid") && (inSpiffeBundle || !use.equals("sig"))) {
                throw unusable("use " + Quoted.of(use) + " (expected sig or jwt-svid)");
            }
        }
        if (json.has("key_ops") && !operations().contains("verify")) {
            throw new UnusableKeyException(Cause.OTHER_USE, "key_ops without verify");
        }
    }

    private Set<String> operations() throws UnusableKeyException {
        if (!json.path("key_ops").isArray()) {
            throw unusable("key_ops is no list");
        }
        Set<String> found = new TreeSet<>();
        json.path("key_ops").forEach(operation -> found.add(operation.asText()));
        return found;
    }

    private TokenKey elliptic() throws UnusableKeyException {
        String curve = text("crv");
        JWSAlgorithm algorithm = OF_CURVES.get(curve);
        if (algorithm == null) {
            throw unusable("crv " + Quoted.of(curve) + " (expected one of " + new TreeSet<>(OF_CURVES.keySet()) + ")");
        }
        requireAlgorithm(Set.of(algorithm), "a key on " + curve);
        try {
            ECKey key = ECKey.parse(members("kty", "crv", "x", "y"));
            return key(key, algorithm, new ECDSAVerifier(key));
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            throw unusable("it is no point on " + curve + ", or written wrong");
        }
    }

    private TokenKey rsa(JWSAlgorithm ofRsa) throws UnusableKeyException {
        requireAlgorithm(JWSAlgorithm.Family.RSA, "an RSA key");
        JWSAlgorithm algorithm = json.has("alg") ? JWSAlgorithm.parse(text("alg")) : ofRsa;
        try {
            RSAKey key = RSAKey.parse(members("kty", "n", "e"));
            requireSize(
                    key.getModulus().decodeToBigInteger(),
                    key.getPublicExponent().decodeToBigInteger());
            return key(key, algorithm, new RSASSAVerifier(key));
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            throw unusable("its modulus or exponent is written wrong");
        }
    }

    private static void requireSize(BigInteger modulus, BigInteger exponent) throws UnusableKeyException {
        int bits = modulus.bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw unusable("RSA of " + bits + " bits (expected " + MIN_RSA_BITS + ".." + MAX_RSA_BITS + ")");
        }
        // With an exponent of 1, the signature is the padded hash, which anybody can compute.
        if (!exponent.testBit(0)
                || exponent.compareTo(BigInteger.TWO) < 0
                || exponent.bitLength() > MAX_RSA_EXPONENT_BITS) {
            throw unusable("an exponent of " + exponent.bitLength() + " bits (expected: odd, 3 or more, at most "
                    + MAX_RSA_EXPONENT_BITS + " bits)");
        }
    }

    private void requireAlgorithm(Set<JWSAlgorithm> allowed, String what) throws UnusableKeyException {
        if (!json.has("alg")) {
            return;
        }
        String algorithm = text("alg");
        if (JWEAlgorithm.Family.ASYMMETRIC.contains(JWEAlgorithm.parse(algorithm))) {
            throw new UnusableKeyException(Cause.OTHER_USE, "alg " + Quoted.of(algorithm) + " is for encryption");
        }
        if (!allowed.contains(JWSAlgorithm.parse(algorithm))) {
            List<String> names =
                    allowed.stream().map(JWSAlgorithm::getName).sorted().toList();
            throw unusable("alg " + Quoted.of(algorithm) + " (expected of " + what + ": " + String.join(", ", names)
                    + ", or none)");
        }
    }

    private TokenKey key(JWK key, JWSAlgorithm algorithm, JWSVerifier verifier) throws JOSEException {
        SignatureChecks.ofTokens().ifPresent(verifier.getJCAContext()::setProvider);
        return new TokenKey(kid(), algorithm, key.computeThumbprint().toString(), verifier);
    }

    private String text(String member) throws UnusableKeyException {
        JsonNode value = json.path(member);
        if (!value.isTextual()) {
            throw unusable(member + " is missing or no text");
        }
        return value.textValue();
    }

    private Map<String, Object> members(String... names) throws UnusableKeyException {
        Map<String, Object> found = new HashMap<>();
        for (String name : names) {
            found.put(name, text(name));
        }
        return found;
    }

    private static UnusableKeyException unusable(String why) {
        return new UnusableKeyException(Cause.UNUSABLE, why);
    }
}
