package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.identity.ShownCertificate;
import io.rollcall.server.namespace.NamespaceName;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who comes in and who is turned away, as lines and as sums. */
class AccessAuditTest extends AuditTrailFixture {
    private AccessAudit record;

    @BeforeEach
    void begin() {
        record = new AccessAudit(trail, limiter, clock);
    }

    @Test
    void aStranger_isKnownByItsAddressAlone() throws Exception {
        Attributes connection = Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress("::1", 4711))
                .build();
        record.refused(connection, "a/b", Refusal.CERTIFICATE_REQUIRED.because("expected a certificate"));
        trail.flush();
        assertThat(directory.all()).element(1).satisfies(line -> {
            assertThat(line.get("event").asText()).isEqualTo("refusal");
            assertThat(line.get("from").asText()).isEqualTo("[::1]:4711");
            assertThat(line.get("method").asText()).isEqualTo("a/b");
            assertThat(line.get("outcome").asText()).isEqualTo("refused");
            assertThat(line.get("reason").asText()).isEqualTo("CERTIFICATE_REQUIRED");
            assertThat(line.get("message").asText()).isEqualTo("expected a certificate");
            assertThat(line.has("namespace")).isFalse();
        });
    }

    @Test
    void aFloodOfRefusals_fillsNoDisk_andEachIsCounted() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            record.refused(Attributes.EMPTY, "a/b", Refusal.METHOD_UNKNOWN.because("no such method"));
        }
        ticker.advance(Duration.ofSeconds(1));
        trail.flush();
        trail.flush();
        assertThat(directory.events()).hasSize(12).endsWith("refusal", "summed-up");
        assertThat(directory.all().get(11).get("more").asInt()).isEqualTo(4_990);
        assertThat(record.count(Refusal.METHOD_UNKNOWN)).isEqualTo(5_000);
        assertThat(record.count(Refusal.NOT_PERMITTED)).isZero();
    }

    private static HandshakeFailure failure(Reason reason, String serial, String claimed, String detail) {
        ShownCertificate shown = new ShownCertificate(
                claimed, claimed.isEmpty() ? null : new NamespaceName("alpha"), "CN=node-1", "CN=CA of alpha", serial);
        return new HandshakeFailure(reason, "127.0.0.1:4711", detail, shown);
    }

    @Test
    void aCertificateThatNobodyVouchesFor_isInNoNamespace_whateverItClaims() throws Exception {
        String claimed = "spiffe://example.org/ns/alpha/node/1";
        record.handshakeFailed(
                failure(Reason.CERTIFICATE_EXPIRED, "c0ffee", claimed, "expired on 2029-12-31T23:59:59Z"));
        record.handshakeFailed(
                failure(Reason.CERTIFICATE_PROFILE, "c0ffee", "", "expected exactly one URI SAN, found 0"));
        trail.flush();
        assertThat(directory.all()).element(1).satisfies(line -> {
            assertThat(line.get("claimed").asText()).isEqualTo(claimed);
            assertThat(line.get("serial").asText()).isEqualTo("c0ffee");
            assertThat(line.get("subject").asText()).isEqualTo("CN=node-1");
            assertThat(line.get("issuer").asText()).isEqualTo("CN=CA of alpha");
            assertThat(line.get("from").asText()).isEqualTo("127.0.0.1:4711");
            assertThat(line.get("reason").asText()).isEqualTo("CERTIFICATE_EXPIRED");
            assertThat(line.get("message").asText()).isEqualTo("expired on 2029-12-31T23:59:59Z");
            assertThat(line.has("namespace")).isFalse();
            assertThat(line.has("caller")).isFalse();
        });
        assertThat(directory.all().get(2).has("claimed")).isFalse();
    }

    @Test
    void strangers_hideNoRefusalOfATenantsCertificate() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            record.handshakeFailed(
                    failure(Reason.CERTIFICATE_PROFILE, "bad", "", "expected exactly one URI SAN, found 0"));
        }
        record.handshakeFailed(
                failure(Reason.CERTIFICATE_WITHDRAWN, "c0ffee", "spiffe://example.org/ns/alpha/node/1", "withdrawn"));
        trail.flush();
        assertThat(directory.all().get(11).get("serial").asText()).isEqualTo("c0ffee");
    }

    /** Scanners make many, and they are no decision of ours. */
    @Test
    void aHandshakeThatFailsOtherwise_isCounted_andLeavesNoLine() throws Exception {
        HandshakeFailure scanned =
                new HandshakeFailure(Reason.PLAINTEXT, "127.0.0.1:4711", "what came is no TLS", null);
        record.handshakeFailed(scanned);
        record.handshakeFailed(scanned);
        record.handshakeFailed(
                new HandshakeFailure(Reason.CERTIFICATE_MISSING, "127.0.0.1:4711", "expected a certificate", null));
        trail.flush();
        assertThat(directory.events()).hasSize(2).endsWith("certificate-refused");
        assertThat(record.count(Reason.PLAINTEXT)).isEqualTo(2);
        assertThat(record.count(Reason.CERTIFICATE_MISSING)).isEqualTo(1);
        assertThat(record.count(Reason.TIMEOUT)).isZero();
    }

    @Test
    void connectionsAndTokens_haveALineEach_unlessTheyAreAFlood() throws Exception {
        record.connected(NODE_1.withoutToken());
        record.tokenAccepted(NODE_1);
        trail.flush();
        assertThat(directory.all().get(1).has("token")).isFalse();
        assertThat(directory.all().get(2).get("token").asText()).isEqualTo("token-1");
        assertThat(directory.all().get(2).get("namespace").asText()).isEqualTo("alpha");
        for (int i = 0; i < 20_000; i++) {
            record.tokenAccepted(NODE_1);
        }
        ticker.advance(Duration.ofSeconds(1));
        trail.flush();
        trail.flush();
        trail.flush();
        assertThat(directory.all())
                .filteredOn(line -> line.get("event").asText().equals("summed-up"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("more").asInt()).isEqualTo(10_001));
    }
}
