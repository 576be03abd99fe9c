package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.testing.HeardAtTheGate;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many connections may be open, and how long, where each namespace may have two. */
class ConnectionsTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final int MOST = 2;
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    private static Path directory;

    private static GatewayConfig config;
    private static DevNamespace alpha;
    private static DevNamespace beta;

    private final TestClock clock = new TestClock(NOW);
    private final HeardAtTheGate heard = new HeardAtTheGate();
    private final List<Connection> hungUp = new ArrayList<>();
    private final TokenVerifier tokens = new TokenVerifier();
    private TrustPolicies policies;
    private ClientTrust trust;
    private Connections connections;

    @BeforeAll
    static void mint() {
        DevCerts certs = DevCerts.in(directory, new TestClock(NOW));
        certs.issue(NodeRange.of("alpha", 1, 3), NodeRange.of("beta", 1, 1));
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
        config = ConfigReader.read(certs.configuration(), Map.of());
    }

    @BeforeEach
    void serve() {
        policies = TestTrustPolicies.of(config.identity(), clock);
        trust = new ClientTrust(policies, clock);
        Settings ofEach = new NamespaceQuotas(config.quotas()).of(ALPHA).with(Setting.QUOTA_CONNECTIONS, MOST);
        NamespaceQuotas quotas = new NamespaceQuotas(Map.of(ALPHA, ofEach, BETA, ofEach));
        connections = new Connections(policies, quotas, trust, tokens, heard, clock);
    }

    private Connection open(X509Certificate certificate) throws Exception {
        X509Certificate[] chain = {certificate};
        Connection[] itself = new Connection[1];
        itself[0] =
                new Connection(trust.vet(chain), chain[0], () -> chain, "10.0.0.1:5000", () -> hungUp.add(itself[0]));
        connections.opened(itself[0]);
        return itself[0];
    }

    private Connection open(int node) throws Exception {
        return open(alpha.node(node).credential().certificate());
    }

    private void assertRefused(Refusal expected, Connection connection) {
        assertThatThrownBy(() -> connections.require(connection, connections.now()))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(expected));
    }

    private void assertGood(Connection connection) {
        assertThatCode(() -> connections.require(connection, connections.now())).doesNotThrowAnyException();
    }

    @Test
    void asManyAsMayBeOpen_areServed_andOneMore_isToldToComeBack() throws Exception {
        Connection first = open(1);
        Connection second = open(2);
        Connection third = open(3);
        Connection others = open(beta.node(1).credential().certificate());

        assertGood(first);
        assertGood(second);
        assertGood(others);
        assertThatThrownBy(() -> connections.require(third, connections.now()))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_CONNECTIONS);
                    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(10));
                })
                .hasMessageContaining("(expected: at most 2)");
        assertThat(heard.events()).containsExactly("cut off TOO_MANY_CONNECTIONS");
    }

    /** Its client would else be cut off before it has read why. */
    @Test
    void oneTooMany_isLeftOpenByTheFirstSweep_andClosedByTheSecond() throws Exception {
        open(1);
        open(2);
        Connection third = open(3);
        connections.sweep();
        assertThat(hungUp).isEmpty();
        connections.sweep();
        assertThat(hungUp).containsExactly(third);
        assertThat(heard.events()).as("it is told once").hasSize(1);
    }

    @Test
    void whoCloses_makesRoom_once_forItsOwnNamespaceAlone() throws Exception {
        Connection first = open(1);
        open(2);
        Connection others = open(beta.node(1).credential().certificate());
        assertThat(connections.count(ALPHA)).isEqualTo(2);
        assertThat(connections.count(BETA)).isEqualTo(1);
        assertThat(connections.size()).isEqualTo(3);

        connections.closed(others);
        connections.closed(first);
        connections.closed(first);
        assertThat(connections.count(ALPHA)).isEqualTo(1);
        assertThat(connections.count(BETA)).isZero();
        assertGood(open(1));
        assertRefused(Refusal.TOO_MANY_CONNECTIONS, open(3));
    }

    @Test
    void aConnection_holdsToTheEndOfItsCertificate_andNoLonger() throws Exception {
        X509Certificate certificate = alpha.issuer()
                .certificate(alpha.nodeSpec(1).validity(NOW.minusSeconds(1), NOW.plusSeconds(60)))
                .certificate();
        Connection connection = open(certificate);
        clock.advance(Duration.ofSeconds(60));
        connections.sweep();
        assertGood(connection);

        clock.advance(Duration.ofMillis(1));
        assertRefused(Refusal.CERTIFICATE_REQUIRED, connection);
        assertRefused(Refusal.CERTIFICATE_REQUIRED, connection);
        assertThat(hungUp).contains(connection);
        assertThat(heard.events()).as("it is told once").containsExactly("cut off CERTIFICATE_REQUIRED");
    }

    @Test
    void aPolicyThatChanges_isAppliedToOpenConnections_andThenNotAgain() throws Exception {
        Connection connection = open(1);
        long before = connection.vetting().generation();
        policies.renew(ALPHA);
        assertGood(connection);
        ClientTrust.Vetting renewed = connection.vetting();
        assertThat(renewed.generation()).isGreaterThan(before);
        assertGood(connection);
        assertThat(connection.vetting()).isSameAs(renewed);
    }

    @Test
    void sweepsThatAreAskedFor_areMadeAsOne_andLaterOnesAnew() throws Exception {
        List<Runnable> asked = new ArrayList<>();
        Connection connection = open(1);
        policies.remove(ALPHA);
        connections.sweepSoon(asked::add);
        connections.sweepSoon(asked::add);
        assertThat(asked).hasSize(1);
        assertThat(hungUp).as("not on the thread that asks").isEmpty();
        asked.get(0).run();
        assertThat(hungUp).contains(connection);
        connections.sweepSoon(asked::add);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aConnectionThatCannotBeEnded_leavesTheOthersSwept() throws Exception {
        X509Certificate[] chain = {alpha.node(1).credential().certificate()};
        for (int i = 0; i < 5; i++) {
            connections.opened(new Connection(trust.vet(chain), chain[0], () -> chain, "", () -> {
                throw new IllegalStateException("in a test");
            }));
        }
        Connection others = open(beta.node(1).credential().certificate());
        policies.remove(ALPHA);
        policies.remove(BETA);
        connections.sweep();
        connections.sweep();
        assertThat(hungUp).contains(others);
    }
}
