package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.server.config.KeySetConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What tokens are checked by; how key sets are read stands in {@link KeySetReaderTest}. */
class TokenKeyTest {
    static Stream<Arguments> kinds() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        ECKey p256 = new ECKeyGenerator(Curve.P_256).generate();
        ECKey p384 = new ECKeyGenerator(Curve.P_384).generate();
        ECKey p521 = new ECKeyGenerator(Curve.P_521).generate();
        JWSSigner ofRsa = new RSASSASigner(rsa);
        return Stream.concat(
                Stream.of(
                        Arguments.of(JWSAlgorithm.ES256, p256, new ECDSASigner(p256)),
                        Arguments.of(JWSAlgorithm.ES384, p384, new ECDSASigner(p384)),
                        Arguments.of(JWSAlgorithm.ES512, p521, new ECDSASigner(p521))),
                KeySetConfig.RSA_ALGORITHMS.stream().map(name -> Arguments.of(JWSAlgorithm.parse(name), rsa, ofRsa)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void aKey_knowsWhatItSigned_andWhatWasChanged(JWSAlgorithm algorithm, JWK pair, JWSSigner signer) throws Exception {
        Map<String, Object> published = new LinkedHashMap<>(pair.toPublicJWK().toJSONObject());
        published.putAll(Map.of("kid", "k", "alg", algorithm.getName()));
        TokenKey key = new KeySetReader("RS256")
                .parse("here", JSONObjectUtils.toJSONString(Map.of("keys", List.of(published))))
                .named("k")
                .get(0);
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
}
