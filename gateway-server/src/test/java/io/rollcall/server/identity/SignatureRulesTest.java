package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Planted bugs: as many keys tried as there are; of the keys that share a kid only the first. */
class SignatureRulesTest {
    private static final List<ECKey> KEYS = new ArrayList<>();

    private final AtomicInteger unknown = new AtomicInteger();
    private final SignatureRules rules = new SignatureRules(false, unknown::incrementAndGet);

    @BeforeAll
    static void mint() throws Exception {
        for (int i = 0; i < 5; i++) {
            KEYS.add(new ECKeyGenerator(Curve.P_256).keyID("k" + i).generate());
        }
    }

    /** The first so many, published. */
    private static TokenKeys first(int count) {
        return new KeySetReader("RS256")
                .parse("here", new JWKSet(new ArrayList<>(KEYS.subList(0, count))).toString(true));
    }

    private static SignedJWT signedBy(int key, @Nullable String kid) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(),
                new JWTClaimsSet.Builder().subject("me").build());
        token.sign(new ECDSASigner(KEYS.get(key)));
        return SignedJWT.parse(token.serialize());
    }

    @Test
    void withoutKid_allKeysForItsAlgorithmAreTried() throws Exception {
        SignedJWT byTheLast = signedBy(3, null);

        assertThatCode(() -> rules.check(byTheLast, first(4))).doesNotThrowAnyException();
        assertThatThrownBy(() -> rules.check(byTheLast, first(3)))
                .hasMessageEndingWith(": header kid is missing, and of its keys for alg 'ES256' (3) none fits");
        assertThat(unknown).as("there may be newer keys").hasValue(1);
    }

    @Test
    void withoutKid_moreKeysThanMayBeTried_areNot() throws Exception {
        SignedJWT byTheFirst = signedBy(0, null);

        assertThatThrownBy(() -> rules.check(byTheFirst, first(5)))
                .hasMessage("token: header kid is missing (expected: one, as the namespace has more than 4 keys for its"
                        + " alg)");
        SignedJWT named = signedBy(0, "k0");
        assertThatCode(() -> rules.check(named, first(5))).doesNotThrowAnyException();
    }

    @Test
    void ofKeysThatShareAKid_anyWillDo() throws Exception {
        List<com.nimbusds.jose.jwk.JWK> sharing = new ArrayList<>();
        for (ECKey key : KEYS.subList(0, 3)) {
            sharing.add(new ECKey.Builder(key).keyID("k").build());
        }
        TokenKeys keys = new KeySetReader("RS256").parse("here", new JWKSet(sharing).toString(true));

        for (int i = 0; i < 3; i++) {
            SignedJWT token = signedBy(i, "k");
            assertThatCode(() -> rules.check(token, keys)).doesNotThrowAnyException();
        }
        SignedJWT byNone = signedBy(4, "k");
        assertThatThrownBy(() -> rules.check(byNone, keys))
                .hasMessageEndingWith(": the signature does not fit its kid");
        assertThat(unknown).hasValue(0);
    }

    @Test
    void aKidThatIsNotInTheSet_isNamed_withTheNumberOfItsKeys() throws Exception {
        SignedJWT byANewKey = signedBy(4, "k4");
        assertThatThrownBy(() -> rules.check(byANewKey, first(2)))
                .hasMessageEndingWith(": kid 'k4' is not in its key set (keys used: 2)");
        assertThat(unknown).as("there may be newer keys").hasValue(1);
    }

    @Test
    void aKeyOfAnotherAlgorithm_isNamed_withTheAlgorithmExpected() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("k0").generate();
        SignedJWT byRsa = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k0").build(),
                new JWTClaimsSet.Builder().subject("me").build());
        byRsa.sign(new RSASSASigner(rsa));
        SignedJWT parsed = SignedJWT.parse(byRsa.serialize());
        assertThatThrownBy(() -> rules.check(parsed, first(1)))
                .hasMessageEndingWith(": alg 'RS256' (expected of its kid: ES256)");
    }
}
