package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the rules of tokens end, to the last character and millisecond. */
class TokenVerifierTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration MAX_LIFETIME = Duration.ofDays(31); // as gateway.yaml says

    @TempDir
    private static Path directory;

    private static IdentityConfig config;
    private static DevNamespace alpha;

    private final TokenVerifier tokens = new TokenVerifier();
    private TrustPolicies policies;
    private Connection connection;
    private TokenSpec good;

    @BeforeAll
    static void mint() {
        DevCerts certs = DevCerts.in(directory, new TestClock(NOW));
        certs.issue(NodeRange.of("alpha", 1, 1));
        alpha = certs.namespace("alpha");
        config = ConfigReader.read(certs.configuration(), Map.of()).identity();
    }

    @BeforeEach
    void connect() throws Exception {
        TestClock clock = new TestClock(NOW);
        policies = TestTrustPolicies.of(config, clock);
        X509Certificate[] chain = {alpha.node(1).credential().certificate()};
        connection = new Connection(new ClientTrust(policies, clock).vet(chain), chain[0], () -> chain, "", () -> {});
        good = alpha.tokens().specFor(chain[0]);
    }

    private VerifiedToken verify(String header, Instant now) {
        return tokens.verify(connection, policies.find(ALPHA), header, null, now.toEpochMilli());
    }

    private VerifiedToken verify(TokenSpec spec, Instant now) {
        return verify("Bearer " + alpha.tokens().token(spec), now);
    }

    private void assertRefused(Refusal expected, String message, TokenSpec spec, Instant now) {
        assertThatThrownBy(() -> verify(spec, now))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(expected))
                .hasMessageContaining(message);
    }

    @Test
    void aToken_mayLiveAsLongAsIsConfigured_andNotASecondMore() {
        TokenSpec longest = good.issuedAt(NOW).expiresAt(NOW.plus(MAX_LIFETIME));
        assertThat(verify(longest, NOW).id()).isNotEmpty();
        assertRefused(
                Refusal.TOKEN_MALFORMED,
                "lifetime of 2678401s from iat to exp (expected: at most 2678400s)",
                longest.expiresAt(NOW.plus(MAX_LIFETIME).plusSeconds(1)),
                NOW);
    }

    @Test
    void aToken_holdsToTheEndOfTheSkew_ofClocksBehindAndAhead() {
        TokenSpec spec = good.issuedAt(NOW).expiresAt(NOW.plusSeconds(60));
        Instant end = NOW.plusSeconds(60).plus(TokenRules.MAX_SKEW);
        assertThat(verify(spec, end.minusMillis(1)).validUntilMillis()).isEqualTo(end.toEpochMilli());
        assertRefused(Refusal.TOKEN_EXPIRED, "expired at 2030-01-01T00:01:00Z", spec, end);

        TokenSpec ahead = good.issuedAt(NOW.plus(TokenRules.MAX_SKEW));
        assertThat(verify(ahead, NOW).id()).isNotEmpty();
        assertRefused(
                Refusal.TOKEN_MALFORMED, "iat 2030-01-01T00:00:30Z lies in the future", ahead, NOW.minusMillis(1));
    }

    @Test
    void aTokenThatEndsAsItBegins_isExpired_andOneThatEndsBefore_isMalformed() {
        assertRefused(Refusal.TOKEN_EXPIRED, "expired", good.issuedAt(NOW).expiresAt(NOW), NOW.plusSeconds(60));
        assertRefused(
                Refusal.TOKEN_MALFORMED, "is before iat", good.issuedAt(NOW).expiresAt(NOW.minusSeconds(1)), NOW);
    }

    @Test
    void aToken_isLookedAt_upToTheLastCharacterThatItMayHave() {
        String longest = "x".repeat(TokenVerifier.MAX_TOKEN_LENGTH);
        assertThatThrownBy(() -> verify("Bearer " + longest, NOW)).hasMessage("token: not a signed JWT");
        assertThatThrownBy(() -> verify("Bearer " + longest + "x", NOW))
                .hasMessage("token: longer than 4096 characters");
    }

    @Test
    void whoseAudienceIsAnother_isToldTheFirst_andHowManyMore() {
        assertRefused(Refusal.TOKEN_FOREIGN, "aud 'x' (expected: ", good.audience("x"), NOW);
        assertRefused(
                Refusal.TOKEN_FOREIGN,
                "aud 'x' and 2 more (expected: ",
                good.claim("aud", List.of("x", "y", "z")),
                NOW);
    }

    @Test
    void aTokenThatWasVerified_isNotVerifiedAgain_untilThePolicyChanges() {
        VerifiedToken first = verify(good, NOW);
        assertThat(tokens.verify(connection, policies.find(ALPHA), first.header(), null, NOW.toEpochMilli()))
                .isSameAs(first);
        assertThat(tokens.verifications()).isEqualTo(1);
        policies.renew(ALPHA);
        VerifiedToken second = verify(first.header(), NOW);
        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(tokens.verifications()).isEqualTo(2);
    }
}
