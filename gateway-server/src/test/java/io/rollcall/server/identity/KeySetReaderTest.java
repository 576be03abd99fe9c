package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.rollcall.server.identity.PassedOver.Cause;
import io.rollcall.server.testing.KeySets;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is read of a key set, and what is passed over. Each bad key stands beside a good one, which is used all the same.
 *
 * <p>Planted bugs: a bad key refuses the set; without alg none; a private key used; an exponent of 1 taken.
 */
class KeySetReaderTest {
    private static final KeySetReader READER = new KeySetReader("RS256");
    private static ECKey ec;
    private static RSAKey rsa;

    @BeforeAll
    static void mint() throws Exception {
        ec = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    }

    private static String set(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    private static TokenKeys read(String... keys) {
        return READER.parse("here", set(keys));
    }

    /** The public half with another value for one member; null: without it. */
    private static String with(JWK key, String member, @Nullable Object value) {
        Map<String, Object> json = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
        json.remove(member);
        if (value != null) {
            json.put(member, value);
        }
        return JSONObjectUtils.toJSONString(json);
    }

    private static Map<String, JWSAlgorithm> algorithms(TokenKeys keys) {
        Map<String, JWSAlgorithm> found = new TreeMap<>();
        keys.byKid().forEach((kid, named) -> found.put(kid, named.get(0).algorithm()));
        return found;
    }

    private static void assertPassedOver(Cause cause, String why, String bad) {
        String good = with(ec, "kid", "good");
        for (TokenKeys keys : List.of(read(good, bad), read(bad, good))) {
            assertThat(keys.byKid()).containsOnlyKeys("good");
            assertThat(keys.passedOver().count()).isEqualTo(1);
            assertThat(keys.passedOver().worst()).isEqualTo(cause);
            assertThat(keys.passedOver().toString()).contains(why);
        }
    }

    static List<KeySets.Published> issuers() {
        return KeySets.all();
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void theSetOfAnIssuer_isRead_eachKeyForItsOneAlgorithm(KeySets.Published published) {
        TokenKeys keys = READER.parse("here", published.json());

        assertThat(algorithms(keys))
                .isEqualTo(published.signing().stream()
                        .collect(Collectors.toMap(KeySets.Signing::kid, KeySets.Signing::algorithm)));
        assertThat(keys.count()).isEqualTo(published.signing().size());
        assertThat(keys.passedOver().count()).as(keys.passedOver().toString()).isEqualTo(published.others());
        assertThat(keys.passedOver().worst()).isNotEqualTo(Cause.SECRET);
    }

    @Test
    void withoutAlg_theAlgorithmFollowsFromTheKey_andOfRsaFromTheSetting() throws Exception {
        String[] keys = {
            with(ec, "alg", null),
            with(new ECKeyGenerator(Curve.P_384).keyID("b").generate(), "alg", null),
            with(new ECKeyGenerator(Curve.P_521).keyID("c").generate(), "alg", null),
            with(rsa, "alg", null),
            with(rsa, "alg", "RS512").replace("\"r\"", "\"says\"")
        };
        assertThat(algorithms(read(keys)))
                .isEqualTo(Map.of(
                        "k", JWSAlgorithm.ES256,
                        "b", JWSAlgorithm.ES384,
                        "c", JWSAlgorithm.ES512,
                        "r", JWSAlgorithm.RS256,
                        "says", JWSAlgorithm.RS512));
        assertThat(algorithms(new KeySetReader("PS384").parse("here", set(keys))))
                .containsEntry("r", JWSAlgorithm.PS384)
                .containsEntry("says", JWSAlgorithm.RS512);
    }

    @Test
    void keysForOtherUses_arePassedOver() {
        assertPassedOver(Cause.OTHER_USE, "key 'k': use 'enc'", with(ec, "use", "enc"));
        assertPassedOver(Cause.OTHER_USE, "use 'x509-svid'", with(ec, "use", "x509-svid"));
        assertPassedOver(Cause.OTHER_USE, "alg 'RSA-OAEP-256' is for encryption", with(rsa, "alg", "RSA-OAEP-256"));
        assertPassedOver(Cause.OTHER_USE, "alg 'ECDH-ES' is for encryption", with(ec, "alg", "ECDH-ES"));
        assertPassedOver(Cause.OTHER_USE, "key_ops without verify", with(ec, "key_ops", List.of("wrapKey")));
        assertPassedOver(Cause.OTHER_USE, "key_ops without verify", with(ec, "key_ops", List.of()));
    }

    @Test
    void keysThatCannotBeUsed_arePassedOver_andToldWhy() {
        assertPassedOver(Cause.UNUSABLE, "kty 'OKP' (expected EC or RSA)", with(ec, "kty", "OKP"));
        assertPassedOver(Cause.UNUSABLE, "kty is missing or no text", with(ec, "kty", null));
        assertPassedOver(
                Cause.UNUSABLE, "crv 'P-999' (expected one of [P-256, P-384, P-521])", with(ec, "crv", "P-999"));
        assertPassedOver(Cause.UNUSABLE, "no point on P-384", with(ec, "crv", "P-384"));
        assertPassedOver(Cause.UNUSABLE, "no point on P-256", with(ec, "x", "AAAA"));
        assertPassedOver(Cause.UNUSABLE, "y is missing or no text", with(ec, "y", null));
        assertPassedOver(
                Cause.UNUSABLE, "alg 'none' (expected of a key on P-256: ES256, or none)", with(ec, "alg", "none"));
        assertPassedOver(Cause.UNUSABLE, "alg 'HS256'", with(ec, "alg", "HS256"));
        assertPassedOver(Cause.UNUSABLE, "alg 'ES384'", with(ec, "alg", "ES384"));
        assertPassedOver(Cause.UNUSABLE, "alg 'ES256' (expected of an RSA key: PS256", with(rsa, "alg", "ES256"));
        assertPassedOver(Cause.UNUSABLE, "alg is missing or no text", with(ec, "alg", 7));
        assertPassedOver(Cause.UNUSABLE, "use 'dance' (expected sig or jwt-svid)", with(ec, "use", "dance"));
        assertPassedOver(Cause.UNUSABLE, "use is missing or no text", with(ec, "use", List.of("sig")));
        assertPassedOver(Cause.UNUSABLE, "key_ops is no list", with(ec, "key_ops", "verify"));
        assertPassedOver(Cause.UNUSABLE, "a key without kid: kid is missing", with(ec, "kid", null));
        assertPassedOver(Cause.UNUSABLE, "kid is missing or no text", with(ec, "kid", ""));
        assertPassedOver(Cause.UNUSABLE, "kid is missing or no text", with(ec, "kid", 7));
        assertPassedOver(Cause.UNUSABLE, "not a JSON object", "null");
        assertPassedOver(Cause.UNUSABLE, "not a JSON object", "[[]]");
        assertPassedOver(Cause.UNUSABLE, "not a JSON object", "\"key\"");
    }

    /** The keys are the tenant's to choose, and its tokens are checked where everybody's are. */
    @Test
    void rsaKeysTooSmallOrTooLarge_orWhoseSignaturesAnybodyCanWrite_arePassedOver() {
        assertPassedOver(Cause.UNUSABLE, "RSA of 2047 bits (expected 2048..4096)", rsa(2047, 17));
        assertPassedOver(Cause.UNUSABLE, "RSA of 4097 bits (expected 2048..4096)", rsa(4097, 17));
        assertPassedOver(Cause.UNUSABLE, "an exponent of 33 bits", rsa(2048, 33));
        assertPassedOver(Cause.UNUSABLE, "an exponent of 1 bits", rsa(2048, 1));
        assertPassedOver(Cause.UNUSABLE, "an exponent of 17 bits", with(rsa, "e", "AQAA"));
        assertPassedOver(Cause.UNUSABLE, "RSA of 0 bits", with(rsa, "n", "!"));
        assertThat(read(rsa(4096, 17), rsa(2048, 2)).count()).isEqualTo(2);
    }

    /** No key of anybody's, but the size counts first. */
    private static String rsa(int modulusBits, int exponentBits) {
        RSAKey key = new RSAKey.Builder(odd(modulusBits), odd(exponentBits)).build();
        return with(key, "kid", modulusBits + "/" + exponentBits);
    }

    private static Base64URL odd(int bits) {
        return Base64URL.encode(BigInteger.ONE.shiftLeft(bits - 1).setBit(0));
    }

    @Test
    void secretKeys_areNeverUsed_andNotQuoted() throws Exception {
        JWK symmetric = new OctetSequenceKeyGenerator(256).keyID("k").generate();
        RSAKey encryption = new RSAKeyGenerator(2048).keyID("k").generate();
        for (JWK secret : List.of(symmetric, ec, encryption)) {
            Map<String, Object> json = new LinkedHashMap<>(secret.toJSONObject());
            json.put("use", secret == encryption ? "enc" : "sig");
            assertPassedOver(Cause.SECRET, "it holds what is secret, member", JSONObjectUtils.toJSONString(json));
            for (String member : List.of("d", "k", "p", "q")) {
                assertThat(read(JSONObjectUtils.toJSONString(json)).passedOver().toString())
                        .doesNotContain(String.valueOf(json.getOrDefault(member, "no such thing")));
            }
        }
    }

    @Test
    void keysMayShareAKid_andOneThatStandsThereTwice_isOne() throws Exception {
        JWK other = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        String ofRsa = with(rsa, "kid", "k");

        TokenKeys keys = read(with(ec, "alg", null), with(ec, "alg", "ES256"), ofRsa, with(other, "alg", null));

        assertThat(keys.named("k"))
                .extracting(TokenKey::algorithm)
                .containsExactly(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.ES256);
        assertThat(keys.passedOver()).isEqualTo(PassedOver.NONE);
    }

    @Test
    void ofKeysThatShareAKid_onlyAsManyAreUsed_asMayBeTriedForAToken() {
        String[] many = IntStream.range(0, 6)
                .mapToObj(i -> with(rsa, "kid", "k").replace("AQAB", odd(17 + i).toString()))
                .toArray(String[]::new);

        TokenKeys keys = read(many);

        assertThat(keys.named("k")).hasSize(4);
        assertThat(keys.passedOver().told())
                .containsExactly(
                        "key 'k': more keys have this kid than may, 4", "key 'k': more keys have this kid than may, 4");
    }

    @Test
    void ofManyKeysPassedOver_theFirstAreTold_andHowManyMore() {
        String[] many = IntStream.range(100, 140)
                .mapToObj(i -> with(ec, "kid", "k" + i).replace("P-256", "P-0"))
                .toArray(String[]::new);

        PassedOver passedOver = read(many).passedOver();

        assertThat(passedOver.count()).isEqualTo(40);
        assertThat(passedOver.told()).hasSize(33).last().isEqualTo("8 more");
    }

    @Test
    void theOrderOfASet_doesNotMatter() {
        String bad = with(ec, "crv", "P-0");
        TokenKeys keys = read(with(ec, "kid", "a"), with(rsa, "kid", "b"), bad);

        assertThat(keys.isSameAs(read(bad, with(rsa, "kid", "b"), with(ec, "kid", "a"))))
                .isTrue();
        assertThat(keys.isSameAs(read(with(rsa, "kid", "b"), with(ec, "kid", "a"))))
                .isFalse();
        assertThat(keys.isSameAs(read(bad, with(rsa, "kid", "a"), with(ec, "kid", "b"))))
                .isFalse();
        assertThat(keys.isSameAs(read(bad, with(rsa, "kid", "b")))).isFalse();
        assertThat(read(with(ec, "kid", "a"), with(rsa, "kid", "a"))
                        .isSameAs(read(with(rsa, "kid", "a"), with(ec, "kid", "a"))))
                .isTrue();
    }

    /** RFC 7517 §4: of a member that stands there twice, the last one counts, or the key is refused; never the set. */
    @Test
    void aMemberThatStandsThereTwice_spoilsNoOtherKey() {
        String twice = with(ec, "kid", "k").replaceFirst("\\{", "{\"kid\":\"first\",");

        assertThat(read(twice, with(rsa, "kid", "b")).byKid()).containsOnlyKeys("k", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"keys\":[]}", "\uFEFF{\"keys\":[]}", "{\"keys\":[{}]}", "{\"keys\":[],\"more\":1}"})
    void aSetWithoutAKeyToUse_isASet(String json) {
        assertThat(READER.parse("here", json).count()).isZero();
    }

    static Stream<String> noSets() {
        return Stream.of(
                "",
                "no JSON",
                "<html>",
                "null",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":null}",
                "{\"kty\":\"EC\"}",
                "{\"keys\":[]}}",
                "{\"keys\":[]",
                "{\"keys\":[]} {\"keys\":[]}",
                "{\"keys\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
    }

    @ParameterizedTest
    @MethodSource("noSets")
    void whatIsNoSet_isRefused(String json) {
        assertThatThrownBy(() -> READER.parse("here", json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("here: not a JWK set (RFC 7517 §5): expected ");
    }

    @Test
    void aFileThatCannotBeRead_isNamed(@TempDir Path directory) {
        Path absent = directory.resolve("jwks.json");

        assertThatThrownBy(() -> READER.load(absent.toUri()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent + " cannot be read");
    }
}
