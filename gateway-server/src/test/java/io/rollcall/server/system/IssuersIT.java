package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.testing.HostileTokens;
import io.rollcall.server.testing.Issuers;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Key sets and tokens as issuers make them, each in a namespace of its own, against the real process: every node gets in,
 * and whoever runs the gateway hears which keys are passed over, and why.
 *
 * <p>The bugs that it is about were planted under {@code KeySetReaderTest} and {@code GateTokensTest}.
 */
@Timeout(120)
class IssuersIT {
    private static final List<Issuers> ISSUERS = Issuers.all();

    @TempDir
    private static Path dir;

    private static DevCerts certs;
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws Exception {
        certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(Stream.concat(Stream.of("loose", "open"), ISSUERS.stream().map(Issuers::namespace))
                .map(name -> NodeRange.of(name, 1, 3))
                .toList());
        String yaml = Issuers.withoutBinding(Files.readString(certs.configuration()), certs.namespace("loose"), true);
        yaml = Issuers.withoutBinding(yaml, certs.namespace("open"), false);
        for (Issuers issuer : ISSUERS) {
            yaml = issuer.configure(yaml, certs.namespace(issuer.namespace()));
            Files.writeString(
                    certs.dir().resolve(issuer.namespace()).resolve("published.json"),
                    issuer.published().json());
        }
        Path own = Files.writeString(certs.dir().resolve("own.yaml"), yaml);
        gateway = GatewayProcess.start(dir, "--config", own.toString());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static List<Issuers> issuers() {
        return ISSUERS;
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void everyTokenOfAnIssuer_byEachOfItsKeys_isLetIn(Issuers issuer) throws Exception {
        DevNamespace home = certs.namespace(issuer.namespace());
        Credential credential = home.node(1).credential();
        for (String token : issuer.tokens(home, 1).toList()) {
            try (MemberChannel channel = new MemberChannel(gateway, credential, token)) {
                assertThat(Calling.refusal(channel.channel())).isEmpty();
            }
        }
    }

    static Stream<Arguments> hostileTokens() throws Exception {
        DevNamespace loose = certs.namespace("loose");
        DevNamespace open = certs.namespace("open");
        return Stream.concat(
                HostileTokens.whereNoBindingIsRequired(loose, open, true, Instant.now()).stream()
                        .map(bad -> Arguments.of("loose", bad)),
                HostileTokens.whereNoBindingIsRequired(open, loose, false, Instant.now()).stream()
                        .map(bad -> Arguments.of("open", bad)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("hostileTokens")
    void whereNoBindingIsRequired_aHostileToken_isRefusedAllTheSame(String namespace, HostileTokens.Case bad)
            throws Exception {
        Credential credential = certs.namespace(namespace).node(3).credential();
        try (MemberChannel channel = new MemberChannel(gateway, credential, null)) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class, () -> GatewayServiceGrpc.newBlockingStub(channel.channel())
                            .withCallCredentials(TestGate.authorization(bad.authorization()))
                            .getStats(GetStatsRequest.getDefaultInstance()));
            assertThat(refused).as("let in").isNotNull();
            assertThat(TestGate.reason(refused))
                    .as(refused.getMessage())
                    .isEqualTo(bad.expected().name());
            bad.assertNothingSecretIn(refused.getMessage() + refused.getTrailers());
        }
    }

    @Test
    void whichKeysArePassedOver_isLogged_onRecord_andMeasured_andNoAlarm() throws Exception {
        String scraped = ConsoleHttp.scrape(gateway);
        AuditLines audit = new AuditLines(gateway.dataDir());
        for (Issuers issuer : ISSUERS) {
            String name = issuer.namespace();
            int others = issuer.published().others();
            assertThat(scraped)
                    .contains(
                            "rollcall_token_keys{namespace=\"" + name + "\"} "
                                    + issuer.published().signing().size() + ".0",
                            "rollcall_token_keys_passed_over{namespace=\"" + name + "\"} " + others + ".0");
            if (others > 0) {
                JsonNode line = audit.await(
                        "configuration", one -> one.path("namespace").asText().equals(name));
                assertThat(line.path("what").asText()).isEqualTo("key_set");
                assertThat(line.path("passed_over").asInt()).isEqualTo(others);
                assertThat(line.path("why")).hasSize(others);
                assertThat(gateway.process().lines())
                        .anySatisfy(printed -> assertThat(printed).contains(name + ": key set: "));
            }
        }
        assertThat(gateway.process().lines())
                .anySatisfy(line -> assertThat(line)
                        .contains(" INFO ", "keycloak: key set: 1 used, 1 for other uses: ", "key 'k-enc': use 'enc'"))
                .anySatisfy(line -> assertThat(line).contains(" WARN ", "crv 'P-1024'", "kty 'AKP'"));
        assertThat(scraped).doesNotContain("rollcall_alarm{");
    }

    @Test
    void aRefusal_tellsWhatCame_andWhatWasExpected() throws Exception {
        assertThat(refusal("keycloak", token -> token.header("kid", "k-enc")))
                .isEqualTo("token: not signed by a key of the certificate's namespace: kid 'k-enc' is passed over: use"
                        + " 'enc'");
        assertThat(refusal("keycloak", token -> token.header("kid", "k-old")))
                .endsWith(": kid 'k-old' is not in its key set (keys used: 1)");
        assertThat(refusal("keycloak", token -> token.header("kid", "k-sig")))
                .endsWith(": alg 'ES256' (expected of its kid: RS256)");
        Issuers entra = ISSUERS.get(1);
        assertThat(refusal("entra", token -> entra.published()
                        .signing()
                        .get(0)
                        .sign(token)
                        .claim("iss", "https://sts.windows.net/x/")))
                .isEqualTo("token: iss 'https://sts.windows.net/x/' (expected: "
                        + certs.namespace("entra").name().issuer() + ")");
    }

    private static String refusal(String namespace, UnaryOperator<TokenSpec> form) throws Exception {
        DevNamespace home = certs.namespace(namespace);
        Credential credential = home.node(1).credential();
        String token = home.tokens().token(form.apply(home.tokens().specFor(credential.certificate())));
        try (MemberChannel channel = new MemberChannel(gateway, credential, token)) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class, () -> GatewayServiceGrpc.newBlockingStub(channel.channel())
                            .getStats(GetStatsRequest.getDefaultInstance()));
            return String.valueOf(refused.getStatus().getDescription());
        }
    }
}
