package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.SessionEnd;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single heartbeats: what each does to its lease, and what it is told. */
class HeartbeatServiceTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NodeId NODE_1 = NodeId.of(1);

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final Alarms alarms = new Alarms(Clock.systemUTC(), whose -> {});
    private final DuplicateNodes duplicates = new DuplicateNodes(alarms, Duration.ofSeconds(30), ticker);
    private final List<Runnable> late = new ArrayList<>();
    private final Client client = new Client();
    private Registry registry;
    private HeartbeatService service;

    @BeforeEach
    void oneNode() throws Exception {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()),
                List.of(ALPHA),
                List.of(leases, duplicates),
                Clock.systemUTC(),
                System::nanoTime);
        service = new HeartbeatService(registry, leases, duplicates, late::add);
        Registrations.register(registry.of(ALPHA), 1, 11);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aHeartbeat_keepsTheLease_andIsAcknowledgedAtOnce() {
        ticker.advance(Duration.ofSeconds(5));
        beat(11);
        assertThat(client.heard).containsExactly("acknowledged", "completed");
        assertThat(lease().silence(ticker.nanos())).isZero();
    }

    @Test
    void aSessionThatIsNotThere_isToldSo() {
        beat(12);
        assertThat(client.heard).containsExactly("not_found", "completed");
        assertThat(client.ended).isEqualTo(SessionEnd.UNKNOWN);
    }

    @Test
    void t2_aHeartbeatForASealedLease_isToldNotFound_whenThatHasEnded() {
        Lease sealed = lease();
        sealed.sealIf(beat -> true);
        beat(11);
        assertThat(client.heard).isEmpty();
        sealed.end(ticker.nanos());
        assertThat(client.heard).as("not on the writer's thread").isEmpty();
        runLate();
        assertThat(client.heard).containsExactly("not_found", "completed");
    }

    @Test
    void d2_aHeartbeatForALeaseThatIsUnsealed_counts() {
        lease().sealIf(beat -> true);
        ticker.advance(Duration.ofSeconds(5));
        beat(11);
        lease().unseal();
        runLate();
        assertThat(client.heard).containsExactly("acknowledged", "completed");
        assertThat(lease().silence(ticker.nanos())).isZero();
    }

    /** The sign of a second process with the same node id. */
    @Test
    void aReplacedSessionThatBeats_isToldWhy_andCountsAsEvidenceOfADuplicate() {
        for (int incarnation = 12; incarnation < 12 + DuplicateNodes.ENOUGH; incarnation++) {
            duplicates.look();
            assertThat(alarms.all()).isEmpty();
            Registrations.register(registry.of(ALPHA), 1, incarnation);
            beat(incarnation - 1);
            assertThat(client.ended).isEqualTo(SessionEnd.REPLACED);
        }
        duplicates.look();
        assertThat(alarms.all())
                .singleElement()
                .extracting(Alarm::subject)
                .isEqualTo(Alarm.Subject.of(Alarm.Matter.DUPLICATE_NODE, ALPHA));
    }

    private void beat(long incarnation) {
        HeartbeatRequest request = HeartbeatRequest.newBuilder()
                .setNodeId(1)
                .setIncarnation(incarnation)
                .build();
        Context.current()
                .withValue(CurrentCall.KEY, new CallIdentity(new Caller.NodeCaller(ALPHA, NODE_1), "", "", "", ""))
                .run(() -> service.heartbeat(request, client));
    }

    private void runLate() {
        late.forEach(Runnable::run);
        late.clear();
    }

    private Lease lease() {
        return leases.find(ALPHA, NODE_1, 11);
    }

    /** Remembers what it is told. */
    private static final class Client implements StreamObserver<HeartbeatResponse> {
        final List<String> heard = new ArrayList<>();
        SessionEnd ended;

        @Override
        public void onNext(HeartbeatResponse answer) {
            heard.add(answer.getStatus());
            ended = answer.getEnded();
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure.toString());
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }
    }
}
