package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Registration sessions: how they begin, end and stay ended (T2), and what counts as a change. */
class SessionsTest {
    private final DecidedNamespace alpha = new DecidedNamespace();

    @Test
    void aNewIncarnation_replacesTheOld_whichCannotComeBack() {
        alpha.register(1, 11);
        assertThat(alpha.register(1, 12).isNew()).isTrue();
        assertRefused(1, 11);
        assertThat(alpha.state().endedSessions().of(NodeId.of(1), 11)).contains(SessionEnd.Reason.REPLACED);
        assertThat(alpha.remove(1, 11).found()).isFalse();
        assertThat(alpha.state().liveCount()).isEqualTo(1);
    }

    @Test
    void t2_anExpiredIncarnation_cannotRegisterAgain() {
        alpha.register(1, 11);
        alpha.expire(1);
        assertRefused(1, 11);
        assertThat(alpha.state().failed()).isEqualTo(1);
        assertThat(alpha.state().endedSessions().of(NodeId.of(1), 11)).contains(SessionEnd.Reason.EXPIRED);
    }

    @Test
    void aRemovedNode_isOffTheListAtOnce_andItsIncarnationStaysEnded() {
        alpha.register(1, 11);
        assertThat(alpha.remove(1, 11).found()).isTrue();
        assertThat(alpha.state().nodes().isEmpty()).isTrue();
        assertRefused(1, 11);
        assertThat(alpha.remove(1, 11).found()).isFalse();
    }

    @Test
    void anOperator_removesWhicheverSessionIsThere_theFailedOneOnViewToo() {
        alpha.register(1, 11);
        alpha.expire(1);
        assertThat(alpha.remove(1, 11).found()).isFalse();
        assertThat(alpha.removeAsOperator(1).found()).isTrue();
        assertThat(alpha.state().nodes().isEmpty()).isTrue();
    }

    @Test
    void anOlderClientsRequest_doesNotSpeakForANewerClientsSession() {
        alpha.register(1, 11);
        assertThat(alpha.remove(1, 0).found()).isFalse();
        assertThat(alpha.report(1, 0, 1, 0).accepted()).isFalse();
    }

    @Test
    void anOlderClientsSession_isNumberedByTheRevisionThatBeganIt() {
        assertThat(alpha.register(1, 0).node().session().incarnation())
                .isEqualTo(new Incarnation(alpha.history().get(0).revision(), true));
        long before = alpha.state().revision();
        assertThat(alpha.register(2, 0).node().session().incarnation()).isEqualTo(new Incarnation(before + 1, true));
    }

    private boolean isSameAgain(long incarnation, String metadata) {
        NodeDetails details = new NodeDetails("10.0.0.2", 5000, List.of("raft"), Map.of("zone", metadata));
        return alpha.decide(new RegisterNode(
                        NodeId.of(2), details, incarnation, 0, Registrations.UNBOUNDED, DecidedNamespace.NOW))
                .isSameAgain();
    }

    /** The record adds up what is the same again; all else has its line. */
    @Test
    void aRegistrationIsTheSameAgain_onlyIfTheNodeWasActive_andSaysTheSameOfItself() {
        alpha.register(1, 11);
        alpha.register(3, 33);
        assertThat(isSameAgain(21, "a")).isFalse();
        assertThat(isSameAgain(22, "a")).isTrue();
        assertThat(isSameAgain(23, "b")).isFalse();
        assertThat(isSameAgain(24, "b")).isTrue();
        alpha.settle(Kind.SUSPECT, 2);
        assertThat(isSameAgain(25, "b")).isFalse();
    }

    @Test
    void everyChange_takesExactlyOneRevision() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.report(2, 22, 1, 7);
        alpha.settle(Kind.SUSPECT, 1);
        alpha.settle(Kind.RECOVER, 1);
        alpha.expire(1);
        alpha.settle(Kind.FORGET, 1);
        assertThat(alpha.history().stream().mapToLong(Change::revision).toArray())
                .isEqualTo(LongStream.rangeClosed(1, alpha.state().revision()).toArray());
    }

    @Test
    void aRepeatedRegistration_thatChangesNothing_takesNoRevision() {
        alpha.register(1, 11);
        long before = alpha.state().revision();
        alpha.register(1, 11);
        assertThat(alpha.state().revision()).isEqualTo(before);
    }

    @Test
    void theHistoryApplied_givesTheState() {
        alpha.register(1, 11);
        alpha.register(2, 0);
        alpha.report(1, 11, 2, 3);
        alpha.expire(2);
        NamespaceState replayed = NamespaceState.empty(DecidedNamespace.NOW);
        for (Change change : alpha.history()) {
            replayed = change.applyTo(replayed);
        }
        assertThat(replayed).isEqualTo(alpha.state());
    }

    @Test
    void ofEachNode_aBoundedNumberOfEndings_isRemembered() {
        for (long incarnation = 1; incarnation <= 100; incarnation++) {
            alpha.register(1, incarnation);
        }
        assertThat(alpha.state().endedSessions().byNode().get(NodeId.of(1))).hasSize(EndedSessions.KEPT_PER_NODE);
        assertRefused(1, 99);
    }

    /** A namespace may have had very many nodes: of each fewer ended sessions are remembered then, but always the last. */
    @Test
    void ofAllNodesTogether_aBoundedNumberOfEndings_isRemembered() {
        EndedSessions endedSessions = EndedSessions.none();
        int nodes = 20_000;
        for (int round = 1; round <= 20; round++) {
            for (int node = 1; node <= nodes; node++) {
                endedSessions = endedSessions.plus(
                        NodeId.of(node), new SessionEnd(new Incarnation(round, false), SessionEnd.Reason.EXPIRED));
            }
        }
        long all = endedSessions.byNode().values().stream().mapToInt(List::size).sum();
        assertThat(all).isLessThanOrEqualTo(2L * EndedSessions.KEPT_IN_ALL);
        assertThat(endedSessions.of(NodeId.of(7), 20)).contains(SessionEnd.Reason.EXPIRED);
        assertThat(EndedSessions.keptPerNode(100)).isEqualTo(EndedSessions.KEPT_PER_NODE);
        assertThat(EndedSessions.keptPerNode(EndedSessions.KEPT_IN_ALL / 8)).isEqualTo(8);
        assertThat(EndedSessions.keptPerNode(1_000_000)).isEqualTo(1);
    }

    private void assertRefused(int node, long incarnation) {
        assertThatThrownBy(() -> alpha.register(node, incarnation))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.SESSION_ENDED));
    }
}
