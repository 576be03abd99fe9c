package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.ManualCall;
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

/** One stream of heartbeats, against a client that reads when the test says so. */
class KeepAliveServiceTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NodeId NODE_1 = NodeId.of(1);

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final ManualCall<HeartbeatResponse, HeartbeatResponse> client = new ManualCall<>(answer -> answer);
    private final List<Runnable> late = new ArrayList<>();
    private Registry registry;
    private KeepAliveService stream;

    @BeforeEach
    void oneNode() throws Exception {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()),
                List.of(ALPHA),
                List.of(leases),
                Clock.systemUTC(),
                System::nanoTime);
        Registrations.register(registry.of(ALPHA), 1, 11);
        stream = KeepAliveService.open(
                new Caller.NodeCaller(ALPHA, NODE_1),
                leases,
                new HeartbeatMessages(
                        registry,
                        new DuplicateNodes(new Alarms(Clock.systemUTC(), whose -> {}), Duration.ofSeconds(1), ticker)),
                client,
                late::add);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aHeartbeat_keepsTheLease_andIsAnswered() {
        ticker.advance(Duration.ofSeconds(5));
        stream.onNext(beat(1, 11));
        assertThat(lease().silence(ticker.nanos())).isZero();
        assertThat(client.answers).singleElement().satisfies(answer -> {
            assertThat(answer.getStatus()).isEqualTo("acknowledged");
            assertThat(answer.getRevision())
                    .isEqualTo(registry.of(ALPHA).state().revision());
            assertThat(answer.getRegistryId()).isEqualTo(registry.id());
        });
    }

    /** A beat is to allocate next to nothing, and to tell of each change all the same. */
    @Test
    void theAcknowledgement_isTheSameObject_untilTheNamespaceChanges() {
        stream.onNext(beat(1, 11));
        stream.onNext(beat(1, 11));
        Registrations.register(registry.of(ALPHA), 2, 22);
        stream.onNext(beat(1, 11));
        assertThat(client.answers.get(1)).isSameAs(client.answers.get(0));
        assertThat(client.answers.get(2).getRevision())
                .isEqualTo(registry.of(ALPHA).state().revision())
                .isGreaterThan(client.answers.get(1).getRevision());
    }

    @Test
    void theNextHeartbeat_isReadOnlyWhenTheAnswerHasLeft() {
        assertThat(client.asked).isEqualTo(1);
        stream.onNext(beat(1, 11));
        assertThat(client.asked).isEqualTo(2);
        client.isReading = false;
        stream.onNext(beat(1, 11));
        assertThat(client.asked).as("a client that does not read is not read").isEqualTo(2);
        client.readAgain();
        assertThat(client.asked).isEqualTo(3);
        client.readAgain();
        assertThat(client.asked).isEqualTo(3);
    }

    @Test
    void aSessionThatIsNotThere_isToldSo_andTheStreamEnds() {
        stream.onNext(beat(1, 12));
        assertThat(client.answers).singleElement().satisfies(answer -> {
            assertThat(answer.getStatus()).isEqualTo("not_found");
            assertThat(answer.getEnded()).isEqualTo(SessionEnd.UNKNOWN);
        });
        assertThat(client.isCompleted).isTrue();
        assertThat(client.asked).isEqualTo(1);
    }

    @Test
    void t1_aStreamThatBreaks_isToldToTheLease_howeverItBreaks() {
        for (Runnable end : List.<Runnable>of(
                () -> client.cancel(),
                () -> client.close(),
                () -> stream.onError(new IllegalStateException("cancelled")),
                () -> stream.onCompleted())) {
            ticker.advance(Duration.ofSeconds(1));
            stream.onNext(beat(1, 11));
            assertThat(lease().brokenStream()).isNull();
            end.run();
            assertThat(lease().brokenStream()).isNotNull();
        }
    }

    @Test
    void aStreamWithoutAnAcknowledgedHeartbeat_breaksNothing() {
        client.cancel();
        assertThat(lease().brokenStream()).isNull();
    }

    @Test
    void t2_aHeartbeatForASealedLease_isAnsweredWhenThatHasEnded() {
        Lease sealed = lease();
        sealed.sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        assertThat(client.answers).isEmpty();
        assertThat(client.asked).as("the next one is not read before").isEqualTo(1);
        sealed.end(ticker.nanos());
        assertThat(client.answers).as("not on the writer's thread").isEmpty();
        runLate();
        assertThat(client.answers).singleElement().satisfies(answer -> assertThat(answer.getStatus())
                .isEqualTo("not_found"));
        assertThat(client.isCompleted).isTrue();
    }

    @Test
    void d2_aHeartbeatForALeaseThatIsUnsealed_isAcknowledged_andTheStreamGoesOn() {
        lease().sealIf(beat -> true);
        ticker.advance(Duration.ofSeconds(5));
        stream.onNext(beat(1, 11));
        client.isReading = false;
        lease().unseal();
        runLate();
        assertThat(lease().silence(ticker.nanos())).isZero();
        assertThat(client.answers).singleElement().satisfies(answer -> assertThat(answer.getStatus())
                .isEqualTo("acknowledged"));
        assertThat(client.asked).as("it is not read, until it reads").isEqualTo(1);
        client.readAgain();
        assertThat(client.asked).isEqualTo(2);
        stream.onNext(beat(1, 11));
        assertThat(client.answers).hasSize(2);
        assertThat(client.asked).isEqualTo(3);
        lease().sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        lease().unseal();
        runLate();
        assertThat(client.asked).as("it reads").isEqualTo(4);
    }

    @Test
    void aStreamThatBreaksWhileItsHeartbeatWaits_isToldToTheLease_ifThatCounts() {
        lease().sealIf(beat -> true);
        ticker.advance(Duration.ofSeconds(5));
        stream.onNext(beat(1, 11));
        client.cancel();
        lease().unseal();
        runLate();
        assertThat(client.answers).isEmpty();
        assertThat(lease().brokenStream()).isNotNull();
    }

    @Test
    void aClientThatSendsNoMore_isStillOwedTheAnswerThatWaits() {
        lease().sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        stream.onCompleted();
        assertThat(client.isCompleted).isFalse();
        lease().unseal();
        runLate();
        assertThat(client.answers).hasSize(1);
        assertThat(client.isCompleted).isTrue();
        assertThat(lease().brokenStream()).isNotNull();
    }

    @Test
    void aHeartbeatThatIsDroppedWhileItWaits_endsTheStream() {
        lease().sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        for (int i = 0; i < Lease.MOST_WAITING; i++) {
            lease().await(ticker.nanos());
        }
        runLate();
        assertThat(client.answers).isEmpty();
        assertThat(client.failures).singleElement().asString().contains("send the heartbeat again");
    }

    @Test
    void aLateAnswerThatCannotBeMade_endsTheStream() {
        Lease sealed = lease();
        sealed.sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        registry.unserve(ALPHA);
        sealed.unseal();
        runLate();
        assertThat(client.answers).isEmpty();
        assertThat(client.failures).singleElement().asString().contains("not served by this gateway");
    }

    @Test
    void aStreamThatIsOver_isToldOfNoFailure() {
        lease().sealIf(beat -> true);
        stream.onNext(beat(1, 11));
        client.cancel();
        for (int i = 0; i < Lease.MOST_WAITING; i++) {
            lease().await(ticker.nanos());
        }
        runLate();
        assertThat(client.failures).isEmpty();
    }

    private void runLate() {
        late.forEach(Runnable::run);
        late.clear();
    }

    private Lease lease() {
        return leases.find(ALPHA, NODE_1, 11);
    }

    private static HeartbeatRequest beat(int node, long incarnation) {
        return HeartbeatRequest.newBuilder()
                .setNodeId(node)
                .setIncarnation(incarnation)
                .build();
    }
}
