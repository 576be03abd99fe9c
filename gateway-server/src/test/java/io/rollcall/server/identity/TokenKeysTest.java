package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.JWKGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenKeysTest {

    private static JWKGenerator<ECKey> ec() {
        return new ECKeyGenerator(Curve.P_256).keyID("k").algorithm(JWSAlgorithm.ES256);
    }

    private static void assertRefused(String message, JWK... keys) {
        String json = new JWKSet(List.of(keys)).toString(true);
        assertThatThrownBy(() -> TokenKeys.parse("here", json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("here: ")
                .hasMessageContaining(message);
    }

    @Test
    void eachKey_hasItsOneAlgorithm() throws Exception {
        JWK es384 = new ECKeyGenerator(Curve.P_384)
                .keyID("b")
                .algorithm(JWSAlgorithm.ES384)
                .generate();
        JWK ps256 = new RSAKeyGenerator(2048)
                .keyID("c")
                .algorithm(JWSAlgorithm.PS256)
                .keyUse(new KeyUse("jwt-svid"))
                .generate();

        TokenKeys keys = TokenKeys.parse("here", new JWKSet(List.of(ec().generate(), es384, ps256)).toString(true));

        assertThat(keys.byKid().values())
                .extracting(TokenKey::algorithm)
                .containsExactlyInAnyOrder(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.PS256);
    }

    static Stream<Arguments> kinds() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        ECKey p256 = new ECKeyGenerator(Curve.P_256).generate();
        ECKey p384 = new ECKeyGenerator(Curve.P_384).generate();
        return Stream.of(
                Arguments.of(JWSAlgorithm.ES256, p256, new ECDSASigner(p256)),
                Arguments.of(JWSAlgorithm.ES384, p384, new ECDSASigner(p384)),
                Arguments.of(JWSAlgorithm.RS256, rsa, new RSASSASigner(rsa)),
                Arguments.of(JWSAlgorithm.PS256, rsa, new RSASSASigner(rsa)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void aKey_knowsWhatItSigned_andWhatWasChanged(JWSAlgorithm algorithm, JWK pair, JWSSigner signer) throws Exception {
        Map<String, Object> published = new LinkedHashMap<>(pair.toPublicJWK().toJSONObject());
        published.putAll(Map.of("kid", "k", "alg", algorithm.getName()));
        TokenKey key = TokenKey.of(JWK.parse(published));
        SignedJWT token = new SignedJWT(
                new JWSHeader(algorithm),
                new JWTClaimsSet.Builder().subject("me").build());
        token.sign(signer);
        Base64URL[] parts = JOSEObject.split(token.serialize());
        Base64URL other =
                new JWTClaimsSet.Builder().subject("you").build().toPayload().toBase64URL();

        assertThat(key.signed(SignedJWT.parse(token.serialize()))).isTrue();
        assertThat(key.signed(new SignedJWT(parts[0], other, parts[2]))).isFalse();
    }

    @Test
    void anEmptySet_isASet() {
        assertThat(TokenKeys.parse("here", "{\"keys\":[]}").byKid()).isEmpty();
    }

    @Test
    void keysForEncryption_areLeftOut() throws Exception {
        JWK encryption = ec().keyUse(KeyUse.ENCRYPTION).algorithm(null).generate();

        assertThat(TokenKeys.parse("here", new JWKSet(encryption).toString(true))
                        .byKid())
                .isEmpty();
    }

    @Test
    void aKeyThatWillNotDo_refusesTheSet() throws Exception {
        assertRefused("needs an 'alg'", ec().algorithm(null).generate());
        assertRefused(
                "needs an 'alg'",
                ec().algorithm(new com.nimbusds.jose.Algorithm("none")).generate());
        assertRefused("needs an 'alg'", ec().algorithm(JWSAlgorithm.HS256).generate());
        assertRefused("is not of the kind", ec().algorithm(JWSAlgorithm.RS256).generate());
        assertRefused("is not of the kind", ec().algorithm(JWSAlgorithm.ES384).generate());
        assertRefused("no 'kid'", ec().keyID(null).generate());
        assertRefused("is there twice", ec().generate(), ec().generate());
        assertRefused(
                "RSA of less than 2048 bits",
                new RSAKeyGenerator(1024, true)
                        .keyID("k")
                        .algorithm(JWSAlgorithm.RS256)
                        .generate());
    }

    /** The keys are the tenant's to choose, and its tokens are checked where everybody's are. */
    @Test
    void aKeyThatTakesLongToCheckBy_isRefused() throws Exception {
        assertRefused("RSA of more than 4096 bits", rsa(4097, 17));
        assertRefused("exponent of more than 32", rsa(2048, 33));
        assertThat(TokenKeys.parse("here", new JWKSet(rsa(4096, 17)).toString(true))
                        .byKid())
                .hasSize(1);
    }

    /** No key of anybody's, but the size counts first. */
    private static JWK rsa(int modulusBits, int exponentBits) {
        return new RSAKey.Builder(odd(modulusBits), odd(exponentBits))
                .keyID("k")
                .algorithm(JWSAlgorithm.RS256)
                .build();
    }

    private static Base64URL odd(int bits) {
        return Base64URL.encode(BigInteger.ONE.shiftLeft(bits - 1).add(BigInteger.ONE));
    }

    @Test
    void secretKeys_areRefused() throws Exception {
        JWK symmetric = new OctetSequenceKeyGenerator(256)
                .keyID("k")
                .algorithm(JWSAlgorithm.HS256)
                .generate();
        String json = new JWKSet(symmetric).toString(false);
        assertThatThrownBy(() -> TokenKeys.parse("here", json)).hasMessageContaining("needs an 'alg'");
        String withPrivate = new JWKSet(ec().generate()).toString(false);
        assertThatThrownBy(() -> TokenKeys.parse("here", withPrivate)).hasMessageContaining("private half");
    }

    @Test
    void aFileThatCannotBeRead_isNamed(@TempDir Path directory) {
        Path absent = directory.resolve("jwks.json");

        assertThatThrownBy(() -> TokenKeys.load(absent.toUri()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent + " cannot be read");
        assertThatThrownBy(() -> TokenKeys.parse("here", "no JSON")).hasMessageContaining("here: not a JWK set");
    }
}
