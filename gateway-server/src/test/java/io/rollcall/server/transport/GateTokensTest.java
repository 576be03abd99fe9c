package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.HostileTokens;
import io.rollcall.server.testing.Issuers;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which tokens go with a certificate that is good. Beside its EC key, alpha has an RSA key for RS256. Two
 * more tenants require no binding: loose, which names an issuer, and open, which does not.
 */
class GateTokensTest extends OpenGate {
    private static RSAKey rsaKey;

    @BeforeAll
    static void addAnRsaKey_andTenantsWithoutBinding() throws Exception {
        certs.issue(NodeRange.of("loose", 3, 3), NodeRange.of("open", 3, 3));
        String yaml = Issuers.withoutBinding(Files.readString(certs.configuration()), certs.namespace("loose"), true);
        Files.writeString(certs.configuration(), Issuers.withoutBinding(yaml, certs.namespace("open"), false));
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

    static List<HostileTokens.Case> tokensThatDoNotAgree() throws Exception {
        return HostileTokens.all(alpha, beta, NOW);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokensThatDoNotAgree")
    void aTokenThatDoesNotAgree_isRefused_beforeTheService(HostileTokens.Case bad) {
        assertRefusedWithoutQuoting(bad);
    }

    /** With a key of another kind there are more ways to be confused. */
    static Stream<HostileTokens.Case> confusions() throws Exception {
        TokenSpec namesRsaKey = spec(alpha, node).header("kid", rsaKey.getKeyID());
        byte[] publicKey = rsaKey.toRSAPublicKey().getEncoded();
        return Stream.of(
                foreign(
                        "HS256 with the public key",
                        namesRsaKey.signedWith(JWSAlgorithm.HS256, new MACSigner(publicKey))),
                foreign(
                        "PS256 with an RS256 key",
                        namesRsaKey.signedWith(JWSAlgorithm.PS256, new RSASSASigner(rsaKey))),
                foreign("ES256 with an RS256 key", namesRsaKey),
                foreign(
                        "RS256 with an ES256 key",
                        spec(alpha, node).signedWith(JWSAlgorithm.RS256, new RSASSASigner(rsaKey))));
    }

    private static HostileTokens.Case foreign(String what, TokenSpec spec) {
        return new HostileTokens.Case(
                what, Refusal.TOKEN_FOREIGN, List.of("Bearer " + alpha.tokens().token(spec)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("confusions")
    void aTokenOfAnotherAlgorithm_thanItsKeyIsFor_isRefused(HostileTokens.Case bad) {
        assertRefusedWithoutQuoting(bad);
    }

    private void assertRefusedWithoutQuoting(HostileTokens.Case bad) {
        var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(node.credential()))
                .withCallCredentials(TestGate.authorization(bad.authorization()));

        assertRefused(bad.expected(), () -> stub.heartbeat(BEAT));

        assertThat(echo.reached).hasValue(0);
        bad.assertNothingSecretIn(refused(() -> stub.heartbeat(BEAT)).getMessage());
    }

    static Stream<Arguments> tokensThatDoNotAgree_whereNoBindingIsRequired() throws Exception {
        DevNamespace loose = certs.namespace("loose");
        DevNamespace open = certs.namespace("open");
        return Stream.concat(
                HostileTokens.whereNoBindingIsRequired(loose, open, true, NOW).stream()
                        .map(bad -> Arguments.of("loose", bad)),
                HostileTokens.whereNoBindingIsRequired(open, loose, false, NOW).stream()
                        .map(bad -> Arguments.of("open", bad)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("tokensThatDoNotAgree_whereNoBindingIsRequired")
    void whereBindingIsNotRequired_aTokenThatDoesNotAgree_isRefusedToo(String namespace, HostileTokens.Case bad) {
        var stub = GatewayServiceGrpc.newBlockingStub(
                        gate.channel(certs.namespace(namespace).node(3).credential()))
                .withCallCredentials(TestGate.authorization(bad.authorization()));

        assertRefused(bad.expected(), () -> stub.heartbeat(BEAT));
        bad.assertNothingSecretIn(refused(() -> stub.heartbeat(BEAT)).getMessage());
    }

    static Stream<Arguments> jwtSvids() {
        return Stream.of("loose", "open").flatMap(namespace -> {
            DevNamespace issuer = certs.namespace(namespace);
            TokenSpec svid =
                    spec(issuer, issuer.node(3)).unbound().without("iat").without("jti");
            TokenSpec least = (namespace.equals("open") ? svid.without("iss") : svid)
                    .withoutHeader("kid")
                    .withoutHeader("typ");
            return Stream.of(
                    Arguments.of(namespace, "as little as may be", least),
                    Arguments.of(namespace, "typ JWT", least.header("typ", "JWT")),
                    Arguments.of(namespace, "typ JOSE", least.header("typ", "JOSE")),
                    Arguments.of(namespace, "with kid", svid),
                    Arguments.of(
                            namespace,
                            "with iat and jti",
                            spec(issuer, issuer.node(3)).unbound()),
                    Arguments.of(namespace, "bound all the same", spec(issuer, issuer.node(3))),
                    Arguments.of(namespace, "several audiences", svid.claim("aud", List.of("x", DevCerts.AUDIENCE))));
        });
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("jwtSvids")
    void whereBindingIsNotRequired_aJwtSvidAsTheStandardHasIt_isLetIn(String namespace, String what, TokenSpec svid) {
        DevNamespace issuer = certs.namespace(namespace);
        String token = issuer.tokens().token(svid);

        assertThat(gate.stub(issuer.node(3).credential(), token).heartbeat(BEAT).getStatus())
                .isEqualTo(namespace + "/node/3");
        assertThat(gate.heard.events()).last().asString().startsWith("token ").hasSizeGreaterThan("token ".length());
    }

    private static TokenSpec notBefore(TokenSpec spec, Instant time) {
        return spec.claim("nbf", time.getEpochSecond());
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
                Arguments.of("typ JOSE", good.header("typ", "JOSE")),
                Arguments.of("typ of RFC 9068", good.header("typ", "at+jwt")),
                Arguments.of("typ of RFC 9068 as a media type", good.header("typ", "application/AT+JWT")),
                Arguments.of("typ as a media type", good.header("typ", "Application/jwt")),
                Arguments.of("exp with a fraction", good.claim("exp", NOW.getEpochSecond() + 60.5)),
                Arguments.of(
                        "exp written with an exponent",
                        good.claim("exp", 1.0e9 + (NOW.getEpochSecond() - 1_000_000_000L) + 60.0)),
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
