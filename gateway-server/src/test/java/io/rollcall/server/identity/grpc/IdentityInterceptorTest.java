package io.rollcall.server.identity.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Authenticator;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.identity.TestTrustPolicies;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second wall against resumed sessions: should one be accepted after all, none of its calls is. */
class IdentityInterceptorTest {
    private final TokenVerifier tokens = new TokenVerifier();
    private DevNamespace alpha;
    private Authenticator authenticator;
    private ConnectionIdentifier identifier;

    @BeforeEach
    void mint(@TempDir Path directory) {
        DevCerts certs = DevCerts.in(directory);
        certs.issue(NodeRange.of("alpha", 1, 1));
        alpha = certs.namespace("alpha");
        GatewayConfig config = ConfigReader.read(certs.configuration(), Map.of());
        NamespaceQuotas quotas = new NamespaceQuotas(config.quotas());
        TrustPolicies policies = TestTrustPolicies.of(config.identity(), Clock.systemUTC());
        ClientTrust trust = new ClientTrust(policies, Clock.systemUTC());
        Connections connections =
                new Connections(policies, quotas, trust, tokens, IdentityListener.NOBODY, Clock.systemUTC());
        authenticator = new Authenticator(trust, connections, tokens, IdentityListener.NOBODY);
        identifier = new ConnectionIdentifier(authenticator, transport -> () -> {});
    }

    /** A TLS session as the transport shows it; nothing but its peer is asked for. */
    private static Attributes transport(java.security.cert.Certificate... chain) {
        SSLSession session = (SSLSession) Proxy.newProxyInstance(
                SSLSession.class.getClassLoader(), new Class<?>[] {SSLSession.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("getPeerCertificates");
                    if (chain.length == 0) {
                        throw new SSLPeerUnverifiedException("resumed");
                    }
                    return chain;
                });
        return Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
                .build();
    }

    private void callOn(Attributes attributes) {
        var interceptor = new IdentityInterceptor(authenticator, method -> false);
        interceptor.interceptCall(new CallOn(attributes), new Metadata(), (call, headers) -> {
            assertThat(CurrentCall.caller()).hasToString("alpha/node/1");
            return new ServerCall.Listener<>() {};
        });
    }

    @Test
    void aConnectionWithACertificate_isIdentified() {
        callOn(identifier.transportReady(transport(alpha.node(1).credential().certificate())));
    }

    @Test
    void aConnectionWithoutCertificate_isRefusedOnEachCall_healthToo() {
        for (Attributes attributes : new Attributes[] {
            transport(), Attributes.EMPTY, transport(alpha.issuer().authority())
        }) {
            Attributes ready = identifier.transportReady(attributes);
            assertThatThrownBy(() -> callOn(ready))
                    .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                            .isEqualTo(Refusal.CERTIFICATE_REQUIRED));
        }
    }

    @Test
    void outsideOfACall_thereIsNoCaller() {
        assertThatThrownBy(CurrentCall::caller).isInstanceOf(IllegalStateException.class);
    }

    private static final class CallOn extends ServerCall<HeartbeatRequest, HeartbeatResponse> {
        private final Attributes attributes;

        CallOn(Attributes attributes) {
            this.attributes = attributes;
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(HeartbeatResponse message) {}

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<HeartbeatRequest, HeartbeatResponse> getMethodDescriptor() {
            return GatewayServiceGrpc.getHeartbeatMethod();
        }
    }
}
