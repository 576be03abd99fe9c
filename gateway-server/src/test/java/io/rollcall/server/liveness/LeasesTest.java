package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.Node;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases follow what is served and what is committed. Node 1 is live, node 2 has failed. */
class LeasesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NodeId NODE_1 = NodeId.of(1);
    private static final NodeId NODE_2 = NodeId.of(2);

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final DecidedNamespace alpha = new DecidedNamespace();

    @BeforeEach
    void twoNodes() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.expire(2);
        begin();
    }

    @Test
    void t4_afterARestart_everyNodeHasItsFullTime() {
        Lease lease = lease(NODE_1, 11);
        assertThat(lease.isRunning()).isTrue();
        assertThat(lease.silence(ticker.nanos())).isZero();
        assertThat(beat(NODE_1, 11)).isCompletedWithValue(true);
    }

    @Test
    void t2_afterARestart_aFailedNodeIsNotAcknowledged() {
        assertThat(lease(NODE_2, 22).hasEnded()).isTrue();
        assertThat(beat(NODE_2, 22)).isCompletedWithValue(false);
    }

    @Test
    void t1_aLeaseKnowsWhetherItsNodeIsSuspected_alsoAfterARestart() {
        assertThat(lease(NODE_1, 11).isSuspected()).isFalse();
        alpha.suspect(1);
        commit(changed(1));
        assertThat(lease(NODE_1, 11).isSuspected()).isTrue();
        begin();
        assertThat(lease(NODE_1, 11).isSuspected()).isTrue();
        alpha.recover(1);
        commit(changed(1));
        assertThat(lease(NODE_1, 11).isSuspected()).isFalse();
    }

    @Test
    void t2_anExpiryThatIsCommitted_endsTheLease() {
        Lease lease = lease(NODE_1, 11);
        alpha.expire(1);
        commit(changed(1));
        assertThat(lease.hasEnded()).isTrue();
        assertThat(lease(NODE_1, 11)).as("as long as it is on view").isSameAs(lease);
    }

    @Test
    void t2_aRegistrationAnew_endsTheLeaseBefore_andTellsWhoWaits() {
        Lease before = lease(NODE_1, 11);
        before.sealIf(beat -> true);
        CompletableFuture<Boolean> waiting = beat(NODE_1, 11);
        alpha.register(1, 12);
        commit(changed(1));
        assertThat(before.hasEnded()).isTrue();
        assertThat(waiting).isCompletedWithValue(false);
        assertThat(leases.find(ALPHA, NODE_1, 11)).isNull();
        assertThat(beat(NODE_1, 12)).isCompletedWithValue(true);
    }

    @Test
    void t2_aRemoval_endsTheLease_andTellsWhoWaits() {
        Lease before = lease(NODE_1, 11);
        before.sealIf(beat -> true);
        CompletableFuture<Boolean> waiting = beat(NODE_1, 11);
        commit(new Change.NodeGone(alpha.state().revision() + 1, NODE_1, Optional.empty()));
        assertThat(before.hasEnded()).isTrue();
        assertThat(waiting).isCompletedWithValue(false);
        assertThat(leases.find(ALPHA, NODE_1, 11)).isNull();
    }

    @Test
    void aChangeOfAnotherKind_concernsNoLease() {
        commit(new Change.LeaderChanged(
                alpha.state().revision() + 1, alpha.state().leader()));
        assertThat(lease(NODE_1, 11).isRunning()).isTrue();
    }

    @Test
    void silence_isThatOfTheSession_andZeroForOneThatIsNotKnown() {
        ticker.advance(Duration.ofSeconds(7));
        assertThat(leases.silence(ALPHA, session(1, 11))).isEqualTo(Duration.ofSeconds(7));
        assertThat(leases.silence(ALPHA, session(1, 12))).isZero();
        assertThat(leases.silence(ALPHA, session(3, 11))).isZero();
    }

    @Test
    void aNamespaceThatIsServedNoMore_hasNoLeases() {
        leases.end(ALPHA);
        assertThat(beat(NODE_1, 11)).isCompletedWithValue(false);
        assertThat(leases.all(ALPHA)).isEmpty();
    }

    @Test
    void aBatchThatIsToldAfterTheEnd_countsForNothing() {
        leases.end(ALPHA);
        alpha.register(3, 33);
        commit(changed(3));
        Lease before = lease(NodeId.of(3), 33);
        ticker.advance(Duration.ofMinutes(1));
        begin();
        assertThat(lease(NodeId.of(3), 33)).isNotSameAs(before);
        assertThat(leases.silence(ALPHA, session(3, 33))).isZero();
    }

    private void begin() {
        leases.begin(ALPHA, alpha.state(), List.of());
    }

    private Change changed(int node) {
        Node now = alpha.state().node(NodeId.of(node)).orElseThrow();
        return new Change.NodeChanged(now, Optional.empty());
    }

    private void commit(Change change) {
        leases.committed(ALPHA, alpha.state(), List.of(new LogEntry(change, 1)));
    }

    private CompletableFuture<Boolean> beat(NodeId node, long incarnation) {
        return leases.beat(ALPHA, node, incarnation);
    }

    private Lease lease(NodeId node, long incarnation) {
        Lease found = leases.find(ALPHA, node, incarnation);
        assertThat(found).isNotNull();
        return found;
    }

    private static Session session(int node, long incarnation) {
        return new Session(NodeId.of(node), new Incarnation(incarnation, false));
    }
}
