package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalStatus;
import io.rollcall.server.testing.EchoService;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.HeartbeatRequest;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The gate as attackers and members meet it: real sockets, real TLS, two tenants with a node 3 each. */
abstract class OpenGate {
    static final Instant NOW = Instant.now();
    static final HeartbeatRequest BEAT =
            HeartbeatRequest.newBuilder().setNodeId(3).build();

    static DevCerts certs;
    static DevNamespace alpha;
    static DevNamespace beta;
    /** Alpha's node 3. */
    static Member node;

    final TestClock clock = new TestClock(NOW);
    final EchoService echo = new EchoService();
    TestGate gate;

    @BeforeAll
    static void mint(@TempDir Path directory) {
        certs = DevCerts.in(directory, new TestClock(NOW));
        certs.issue(NodeRange.of("alpha", 3, 3), NodeRange.of("beta", 3, 3));
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
        node = alpha.node(3);
    }

    @BeforeEach
    void open() {
        gate = new TestGate(certs, clock, echo);
    }

    @AfterEach
    void close() {
        gate.close();
    }

    static StatusRuntimeException refused(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    static void assertRefused(Refusal expected, Runnable call) {
        StatusRuntimeException refused = refused(call);
        assertThat(refused).as("went through").isNotNull();
        assertThat(TestGate.reason(refused)).as(refused.getMessage()).isEqualTo(expected.name());
        assertThat(refused.getStatus().getCode()).isEqualTo(RefusalStatus.code(expected));
    }
}
