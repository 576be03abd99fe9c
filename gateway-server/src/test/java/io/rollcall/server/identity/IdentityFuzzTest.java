package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.failure.RefusedException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a stranger writes into a certificate's name, a token or a key set: it is refused in words of ours, or means
 * just what it says. In the normal run only the inputs kept beside are tried; with {@code JAZZER_FUZZ=1} new ones are
 * made.
 */
@Tag("fuzz")
class IdentityFuzzTest {
    @TempDir
    private static Path dir;

    private static TokenRules rules;
    private static Connection connection;

    @BeforeAll
    static void mint() throws Exception {
        DevCerts certs = DevCerts.in(dir);
        certs.issue(List.of(NodeRange.parse("alpha:1-1")));
        GatewayConfig config = ConfigReader.read(certs.configuration(), Map.of());
        NamespaceConfig namespace = config.identity().namespaces().get(0);
        KeySource.Keys keys = KeySource.Keys.ofFile(
                new KeySetReader("RS256").load(namespace.jwks().address()));
        rules = new TokenRules(
                namespace, config.get(Setting.AUDIENCE), config.get(Setting.MAX_TOKEN_LIFETIME), () -> keys);
        DevNamespace alpha = certs.namespace("alpha");
        var leaf = alpha.node(1).credential().certificate();
        connection = new Connection(
                new ClientTrust.Vetting(SpiffeId.parse(alpha.name().node(1)), 1, Long.MAX_VALUE),
                leaf,
                () -> new X509Certificate[] {leaf},
                "",
                () -> {});
        // What is refused below would otherwise be accepted: the rules are not just shut.
        assertThat(rules.verify(
                                alpha.node(1).token(),
                                connection,
                                Clock.systemUTC().instant())
                        .untilMillis())
                .isGreaterThan(System.currentTimeMillis());
    }

    @FuzzTest(maxDuration = "1m")
    void spiffeIds(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            assertThat(SpiffeId.parse(text)).as("there is one spelling").hasToString(text);
        } catch (IllegalArgumentException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    /** None is accepted, as none is signed; and each is refused in words that may go to the caller. */
    @FuzzTest(maxDuration = "1m")
    void tokens(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        assertThatThrownBy(() -> rules.verify(text, connection, Instant.now()))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("token: ");
    }

    @FuzzTest(maxDuration = "1m")
    void keySets(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            assertThat(new KeySetReader("RS256").parse("the set", text).byKid()).doesNotContainKey("");
        } catch (IllegalArgumentException expected) {
            assertThat(expected.getMessage()).startsWith("the set: ");
        }
    }
}
