package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.rollcall.server.failure.DeferredRefusal;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.Registrations;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.LeaderConflict;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who leads, and who says so. Node 1 founded the cluster, node 2 joined it. */
class LeaderServiceTest {
    private ServedNamespace alpha;

    @BeforeEach
    void twoNodes() throws Exception {
        alpha = new ServedNamespace();
        Registrations.register(alpha.namespace(), 1, 1);
        Registrations.register(alpha.namespace(), 2, 2);
    }

    @AfterEach
    void close() {
        alpha.close();
    }

    @Test
    void theLeader_isSaid_orThatNoneIsKnown() {
        GetLeaderResponse led = ask();
        assertThat(led.getLeader().getNodeId()).isEqualTo(1);
        assertThat(led.getMessage()).isEmpty();
        assertThat(led.hasConflict()).isFalse();
        Registrations.remove(alpha.namespace(), 1);
        GetLeaderResponse leaderless = ask();
        assertThat(leaderless.hasLeader()).isFalse();
        assertThat(leaderless.getMessage()).isEqualTo("no leader is known");
    }

    @Test
    void aReport_isAccepted_andSaidFromThenOn() {
        UpdateLeaderResponse accepted =
                report(2, UpdateLeaderRequest.newBuilder().setLeaderId(2).setTerm(1));
        assertThat(accepted.getStatus()).isEqualTo("updated");
        assertThat(accepted.getLeaderId()).isEqualTo(2);
        assertThat(accepted.getTerm()).isEqualTo(1);
        assertThat(accepted.getMessage()).isEmpty();
        assertThat(ask().getLeader().getNodeId()).isEqualTo(2);
    }

    @Test
    void aReportWithoutATerm_isAccepted_whereNoTermIsKnown() {
        UpdateLeaderResponse accepted =
                report(1, UpdateLeaderRequest.newBuilder().setLeaderId(2));
        assertThat(accepted.getStatus()).isEqualTo("updated");
        assertThat(accepted.getLeaderId()).isEqualTo(2);
        assertThat(accepted.getTerm()).isZero();
    }

    @Test
    void aSecondLeaderOfATerm_isNotAccepted_andSaidAsAConflict() {
        report(1, UpdateLeaderRequest.newBuilder().setLeaderId(1).setTerm(7));
        UpdateLeaderResponse failed =
                report(2, UpdateLeaderRequest.newBuilder().setLeaderId(2).setTerm(7));
        assertThat(failed.getStatus()).isEqualTo("failed");
        assertThat(failed.getLeaderId()).isEqualTo(1);
        assertThat(failed.getMessage()).startsWith("term: 7 ");
        assertThat(ask().getConflict())
                .isEqualTo(LeaderConflict.newBuilder()
                        .setTerm(7)
                        .setLeaderId(1)
                        .setClaimantId(2)
                        .setReportedBy(2)
                        .build());
    }

    @Test
    void badFields_areNamed() {
        assertRefused(UpdateLeaderRequest.newBuilder().setLeaderId(0), "leader_id: 0 (expected: 1..2147483647)");
        assertRefused(UpdateLeaderRequest.newBuilder().setLeaderId(1).setTerm(0), "term: 0 (expected: 1 or more)");
    }

    private void assertRefused(UpdateLeaderRequest.Builder request, String message) {
        assertThatThrownBy(() -> report(1, request))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.BAD_FIELD))
                .hasMessage(message);
    }

    /** Every report that changes something is more than the record adds up. */
    @Test
    void aboveItsRate_aNodeMayRepeatWhatIsKnown_butSayNothingNew() {
        UpdateLeaderRequest.Builder known =
                UpdateLeaderRequest.newBuilder().setLeaderId(1).setTerm(7);
        report(1, known);
        RefusedException aboveRate = Refusal.RATE_EXCEEDED.because("above its rate");
        Context.current().withValue(DeferredRefusal.KEY, aboveRate).run(() -> {
            assertThat(report(1, known).getStatus()).isEqualTo("updated");
            assertThatThrownBy(() -> report(1, known.setTerm(8))).isSameAs(aboveRate);
        });
        assertThat(ask().getTerm()).isEqualTo(7);
    }

    private GetLeaderResponse ask() {
        return alpha.answer(ServedNamespace.node(1), alpha.leaders::getLeader);
    }

    /** Of a node whose incarnation is as its id. */
    private UpdateLeaderResponse report(int by, UpdateLeaderRequest.Builder request) {
        return alpha.answer(
                ServedNamespace.node(by),
                reply -> alpha.leaders.updateLeader(request.setIncarnation(by).build(), reply));
    }
}
