package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.failure.Refusal;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tokens go with a certificate that is good. Beside its EC key, alpha has an RSA key for RS256. */
class GateTokensTest extends OpenGate {
    private static final Duration MAX_LIFETIME = Duration.ofDays(31); // as gateway.yaml says

    private static RSAKey rsaKey;

    @BeforeAll
    static void addAnRsaKey_andATenantWithoutBinding() throws Exception {
        certs.issue(NodeRange.of("loose", 3, 3));
        // The last namespace of the file is loose.
        Files.writeString(certs.configuration(), "    require-token-binding: false\n", StandardOpenOption.APPEND);
        rsaKey = new RSAKeyGenerator(2048)
                .keyID("alpha-rsa")
                .algorithm(JWSAlgorithm.RS256)
                .generate();
        JWKSet both = new JWKSet(List.of(alpha.tokens().publicKey(), rsaKey));
        Files.writeString(certs.dir().resolve("alpha/jwks.json"), both.toString(true));
    }

    /** What {@code issuer} would say of {@code holder} in a good token. */
    private static TokenSpec spec(DevNamespace issuer, Member holder) {
        return issuer.tokens().specFor(holder.credential().certificate());
    }

    static Stream<Arguments> forgeries() throws Exception {
        TokenSpec good = spec(alpha, node);
        Member namesake = alpha.mint(alpha.nodeSpec(3));
        Member betaNode = beta.node(3);
        String[] parts = node.token().split("\\.");
        String foreignSignature = alpha.tokens().token(spec(alpha, betaNode)).split("\\.")[2];
        String none = Base64URL.encode("{\"alg\":\"none\",\"kid\":\""
                        + alpha.tokens().publicKey().getKeyID() + "\"}")
                .toString();
        byte[] publicKey = rsaKey.toRSAPublicKey().getEncoded();
        TokenSpec namesRsaKey = good.header("kid", rsaKey.getKeyID());
        return Stream.of(
                Arguments.of("none", Refusal.TOKEN_MISSING, null),
                Arguments.of("empty", Refusal.TOKEN_MALFORMED, ""),
                Arguments.of("not a JWT", Refusal.TOKEN_MALFORMED, "token"),
                Arguments.of("not JSON", Refusal.TOKEN_MALFORMED, "e30.e30.e30"),
                Arguments.of("no signature", Refusal.TOKEN_MALFORMED, parts[0] + "." + parts[1] + "."),
                Arguments.of(
                        "another signature", Refusal.TOKEN_FOREIGN, parts[0] + "." + parts[1] + "." + foreignSignature),
                spoiled("alg none", Refusal.TOKEN_MALFORMED, good.unsigned()),
                Arguments.of(
                        "alg none, signed by nobody", Refusal.TOKEN_MALFORMED, none + "." + parts[1] + "." + parts[2]),
                spoiled(
                        "HS256 with the public key",
                        Refusal.TOKEN_FOREIGN,
                        namesRsaKey.signedWith(JWSAlgorithm.HS256, new MACSigner(publicKey))),
                spoiled(
                        "PS256 with an RS256 key",
                        Refusal.TOKEN_FOREIGN,
                        namesRsaKey.signedWith(JWSAlgorithm.PS256, new RSASSASigner(rsaKey))),
                Arguments.of("another tenant's token", Refusal.TOKEN_FOREIGN, betaNode.token()),
                Arguments.of(
                        "about me, by another tenant",
                        Refusal.TOKEN_FOREIGN,
                        beta.tokens().token(spec(beta, node))),
                Arguments.of(
                        "another tenant's key under my kid",
                        Refusal.TOKEN_FOREIGN,
                        beta.tokens().token(good)),
                Arguments.of("bound to another certificate", Refusal.TOKEN_UNBOUND, namesake.token()));
    }

    static Stream<Arguments> wrongHeaders() {
        TokenSpec good = spec(alpha, node);
        return Stream.of(
                spoiled(
                        "wrong kid",
                        Refusal.TOKEN_FOREIGN,
                        good.header("kid", beta.tokens().publicKey().getKeyID())),
                spoiled("no kid", Refusal.TOKEN_MALFORMED, good.withoutHeader("kid")),
                spoiled("jku", Refusal.TOKEN_MALFORMED, good.header("jku", "https://evil.example/jwks")),
                spoiled("x5u", Refusal.TOKEN_MALFORMED, good.header("x5u", "https://evil.example/x")),
                spoiled(
                        "jwk",
                        Refusal.TOKEN_MALFORMED,
                        good.header("jwk", alpha.tokens().publicKey().toJSONObject())),
                spoiled(
                        "crit",
                        Refusal.TOKEN_MALFORMED,
                        good.header("crit", List.of("exp")).header("exp", 1)),
                spoiled("typ of something else", Refusal.TOKEN_MALFORMED, good.header("typ", "logout+jwt")));
    }

    static Stream<Arguments> wrongClaims() {
        TokenSpec good = spec(alpha, node);
        return Stream.of(
                spoiled(
                        "another tenant's issuer",
                        Refusal.TOKEN_FOREIGN,
                        good.claim("iss", beta.name().issuer())),
                spoiled("oversized", Refusal.TOKEN_MALFORMED, good.claim("pad", "x".repeat(4096))),
                spoiled("no iss", Refusal.TOKEN_MALFORMED, good.without("iss")),
                spoiled("no sub", Refusal.TOKEN_MALFORMED, good.without("sub")),
                spoiled("no aud", Refusal.TOKEN_MALFORMED, good.without("aud")),
                spoiled("no exp", Refusal.TOKEN_MALFORMED, good.without("exp")),
                spoiled("no iat", Refusal.TOKEN_MALFORMED, good.without("iat")),
                spoiled("no jti", Refusal.TOKEN_MALFORMED, good.without("jti")),
                spoiled("no cnf", Refusal.TOKEN_UNBOUND, good.unbound()),
                spoiled("exp of another type", Refusal.TOKEN_MALFORMED, good.claim("exp", "tomorrow")),
                spoiled("cnf of another type", Refusal.TOKEN_MALFORMED, good.claim("cnf", "x")),
                spoiled("cnf of another kind", Refusal.TOKEN_UNBOUND, good.claim("cnf", Map.of("jkt", "x"))),
                spoiled("another audience", Refusal.TOKEN_FOREIGN, good.audience("other")),
                spoiled(
                        "another node's",
                        Refusal.TOKEN_FOREIGN,
                        good.subject(alpha.name().node(4))));
    }

    static Stream<Arguments> wrongTimes() {
        TokenSpec good = spec(alpha, node);
        return Stream.of(
                spoiled(
                        "expired",
                        Refusal.TOKEN_EXPIRED,
                        good.issuedAt(NOW.minusSeconds(600)).expiresAt(NOW.minusSeconds(31))),
                spoiled(
                        "lifetime over the cap",
                        Refusal.TOKEN_MALFORMED,
                        good.expiresAt(NOW.plus(MAX_LIFETIME).plusSeconds(1))),
                spoiled("ends before it begins", Refusal.TOKEN_MALFORMED, good.expiresAt(NOW.minusSeconds(2))),
                spoiled("iat in the future", Refusal.TOKEN_MALFORMED, good.issuedAt(NOW.plusSeconds(60))),
                spoiled("nbf in the future", Refusal.TOKEN_MALFORMED, notBefore(good, NOW.plusSeconds(60))));
    }

    private static TokenSpec notBefore(TokenSpec spec, Instant time) {
        return spec.claim("nbf", time.getEpochSecond());
    }

    private static Arguments spoiled(String what, Refusal expected, TokenSpec spec) {
        return Arguments.of(what, expected, alpha.tokens().token(spec));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"forgeries", "wrongHeaders", "wrongClaims", "wrongTimes"})
    void aTokenThatDoesNotAgree_isRefused_beforeTheService(String what, Refusal expected, @Nullable String token) {
        var stub = gate.stub(node.credential(), token);

        assertRefused(expected, () -> stub.heartbeat(BEAT));

        assertThat(echo.reached).hasValue(0);
        String message = refused(() -> stub.heartbeat(BEAT)).getMessage();
        assertThat(message).doesNotContain("beta").doesNotContain("evil");
        if (token != null && token.length() > 20) {
            assertThat(message).doesNotContain(token.substring(0, 20));
        }
    }

    static Stream<Arguments> tokensAtTheEdge() throws Exception {
        TokenSpec good = spec(alpha, node);
        Instant ahead = NOW.plusSeconds(29);
        return Stream.of(
                Arguments.of(
                        "just within the skew",
                        good.issuedAt(NOW.minusSeconds(600)).expiresAt(NOW.minusSeconds(28))),
                Arguments.of("issued by a clock ahead", notBefore(good.issuedAt(ahead), ahead)),
                Arguments.of("several audiences", good.claim("aud", List.of("x", DevCerts.AUDIENCE))),
                Arguments.of("typ JWT", good.header("typ", "JWT")),
                Arguments.of("no typ", good.withoutHeader("typ")),
                Arguments.of(
                        "the other key",
                        good.header("kid", rsaKey.getKeyID())
                                .signedWith(JWSAlgorithm.RS256, new RSASSASigner(rsaKey))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokensAtTheEdge")
    void aTokenJustWithinTheRules_isLetIn(String what, TokenSpec harmless) {
        var stub = gate.stub(node.credential(), alpha.tokens().token(harmless));

        assertThat(stub.heartbeat(BEAT).getStatus()).isEqualTo("alpha/node/3");
    }

    @Test
    void whereBindingIsNotRequired_aPlainTokenWill_butAWrongBindingWillNot() {
        DevNamespace loose = certs.namespace("loose");
        Member member = loose.node(3);
        Credential credential = member.credential();
        String plain = loose.tokens().token(spec(loose, member).unbound());
        String boundElsewhere = loose.mint(loose.nodeSpec(3)).token();

        assertThat(gate.stub(credential, plain).heartbeat(BEAT).getStatus()).isEqualTo("loose/node/3");
        assertRefused(Refusal.TOKEN_UNBOUND, () -> gate.stub(credential, boundElsewhere)
                .heartbeat(BEAT));
    }
}
