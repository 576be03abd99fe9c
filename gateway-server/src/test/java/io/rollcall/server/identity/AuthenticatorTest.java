package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.testing.HeardAtTheGate;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chain and header in, caller out: as any face would ask, without a protocol. */
class AuthenticatorTest {
    private static final String ADDRESS = "10.0.0.1:5000";

    private final HeardAtTheGate heard = new HeardAtTheGate();
    private final List<String> hungUp = new ArrayList<>();
    private DevNamespace alpha;
    private DevNamespace beta;
    private TrustPolicies policies;
    private Connections connections;
    private Authenticator authenticator;

    @BeforeEach
    void mint(@TempDir Path directory) {
        DevCerts certs = DevCerts.in(directory);
        certs.issue(NodeRange.of("alpha", 1, 1), NodeRange.of("beta", 1, 1));
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
        GatewayConfig config = ConfigReader.read(certs.configuration(), Map.of());
        policies = TestTrustPolicies.of(config.identity(), Clock.systemUTC());
        ClientTrust trust = new ClientTrust(policies, Clock.systemUTC());
        TokenVerifier tokens = new TokenVerifier();
        NamespaceQuotas quotas = new NamespaceQuotas(config.quotas());
        connections = new Connections(policies, quotas, trust, tokens, heard, Clock.systemUTC());
        authenticator = new Authenticator(trust, connections, tokens, heard);
    }

    private @Nullable Connection open(X509Certificate... chain) {
        return authenticator.opened(() -> chain, ADDRESS, () -> hungUp.add("hung up"));
    }

    private Connection open(Member member) {
        Connection connection = open(member.credential().certificate());
        assertThat(connection).isNotNull();
        return connection;
    }

    private Authentication authenticate(Connection connection, String... authorization) {
        return authenticator.authenticate(authenticator.identify(connection), List.of(authorization));
    }

    private static String bearer(Member member) {
        return "Bearer " + member.token();
    }

    private static void assertRefused(Refusal expected, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(expected));
    }

    @Test
    void chainAndHeader_becomeTheCaller_andAnIdentityForTheRecord() {
        Authentication node = authenticate(open(alpha.node(1)), bearer(alpha.node(1)));
        assertThat(node.caller()).hasToString("alpha/node/1");
        assertThat(node.identity().id()).isEqualTo(alpha.name().node(1));
        assertThat(node.identity().address()).isEqualTo(ADDRESS);
        assertThat(node.identity().tokenId()).isNotEmpty();
        Authentication operator = authenticate(open(alpha.operator()), bearer(alpha.operator()));
        assertThat(operator.caller()).hasToString("alpha/operator/admin");
        assertThat(heard.events()).hasSize(4).contains("connected");
    }

    /** A heartbeat brings the same token each time: what was made of it is not made again. */
    @Test
    void theSameToken_isTheSameAuthentication() {
        Connection connection = open(alpha.node(1));
        assertThat(authenticate(connection, bearer(alpha.node(1))))
                .isSameAs(authenticate(connection, bearer(alpha.node(1))));
        assertThat(authenticator.identify(connection)).isSameAs(authenticator.identify(connection));
        assertThat(heard.events()).hasSize(2);
    }

    @Test
    void byTheCertificateAlone_thereIsNoToken() {
        Authentication identified = authenticator.identify(open(alpha.node(1)));
        assertThat(identified.caller()).hasToString("alpha/node/1");
        assertThat(identified.identity().tokenId()).isEmpty();
        authenticator.requireStill(identified);
    }

    @Test
    void whoShowsNoMembersCertificate_isTold_andHasNoIdentity() {
        assertThat(open()).isNull();
        assertThat(open(alpha.issuer().authority())).isNull();
        assertThat(heard.events()).hasSize(2).allSatisfy(event -> assertThat(event)
                .startsWith("handshake CERTIFICATE_"));
        assertThat(connections.size()).isZero();
        assertRefused(Refusal.CERTIFICATE_REQUIRED, () -> authenticator.identify(null));
    }

    @Test
    void theHeader_isOne_andAgreesWithTheCertificate() {
        Connection connection = open(alpha.node(1));
        String good = bearer(alpha.node(1));
        assertRefused(Refusal.TOKEN_MISSING, () -> authenticate(connection));
        assertRefused(
                Refusal.TOKEN_MISSING, () -> authenticator.authenticate(authenticator.identify(connection), null));
        assertRefused(Refusal.TOKEN_MALFORMED, () -> authenticate(connection, good, good));
        assertRefused(Refusal.TOKEN_MALFORMED, () -> authenticate(connection, "Basic cm9sbDpjYWxs"));
        assertRefused(Refusal.TOKEN_FOREIGN, () -> authenticate(connection, bearer(beta.node(1))));
        assertThat(authenticate(connection, good).caller()).hasToString("alpha/node/1");
        assertThat(hungUp).isEmpty();
    }

    @Test
    void whatIsWithdrawn_endsOpenStreams_andTheConnection_andNobodyElses() {
        List<String> ends = new ArrayList<>();
        Authentication node = authenticate(open(alpha.node(1)), bearer(alpha.node(1)));
        Authentication other = authenticate(open(beta.node(1)), bearer(beta.node(1)));
        OpenStream open = authenticator.keep(node, why -> ends.add("open " + why.refusal()));
        OpenStream closed = authenticator.keep(node, why -> ends.add("closed " + why.refusal()));
        OpenStream others = authenticator.keep(other, why -> ends.add("other " + why.refusal()));
        closed.close();
        connections.sweep();
        assertThat(ends).isEmpty();

        policies.remove(new NamespaceName("alpha"));
        connections.sweep();
        assertThat(ends).containsOnly("open CREDENTIAL_WITHDRAWN");
        assertThat(hungUp).containsOnly("hung up");
        assertThat(open.isEnded()).isTrue();
        assertThat(closed.isEnded()).isFalse();
        assertThat(others.isEnded()).isFalse();
        assertRefused(Refusal.CREDENTIAL_WITHDRAWN, () -> authenticator.requireStill(node));
        assertRefused(Refusal.CREDENTIAL_WITHDRAWN, () -> authenticator.identify(node.connection()));
        authenticator.requireStill(other);
    }

    @Test
    void aConnectionThatIsClosed_isForgotten() {
        Connection connection = open(alpha.node(1));
        assertThat(connections.size()).isEqualTo(1);
        authenticator.closed(connection);
        authenticator.closed(connection);
        assertThat(connections.size()).isZero();
    }
}
