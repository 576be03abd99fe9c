package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who leads: promises L1 to L4 as the pure decision keeps them. */
class LeaderReportsTest {
    private final DecidedNamespace alpha = new DecidedNamespace();

    @BeforeEach
    void threeNodes() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.register(3, 33);
    }

    @Test
    void l1_aReportWithAnOlderTerm_isRefused_sayingWhatWouldHaveBeenAccepted() {
        alpha.report(1, 11, 2, 7);
        ReportLeader.Report stale = alpha.report(3, 33, 3, 4);
        assertThat(stale.accepted()).isFalse();
        assertThat(stale.message()).isEqualTo("term: 4 (expected: > 7, led by node 2)");
        assertThat(alpha.leader()).isEqualTo(2);
    }

    @Test
    void l2_aSecondClaimantOfATerm_isRefused_andShownAsAConflict() {
        alpha.report(1, 11, 2, 7);
        assertThat(alpha.report(3, 33, 3, 7).accepted()).isFalse();
        assertThat(alpha.leader()).isEqualTo(2);
        assertThat(alpha.state().leader().conflict())
                .satisfies(conflict -> assertThat(conflict.claimant().value()).isEqualTo(3));
        alpha.report(3, 33, 3, 8);
        assertThat(alpha.state().leader().conflict()).isNull();
    }

    @Test
    void l2_alsoAfterTheTermsLeaderIsGone() {
        alpha.report(1, 11, 2, 7);
        alpha.expire(2);
        assertThat(alpha.report(3, 33, 3, 7).accepted()).isFalse();
        assertThat(alpha.leader()).isZero();
    }

    @Test
    void l3_whenTheLeadersLeaseEnds_nobodyLeads_andTheTermStays() {
        alpha.report(1, 11, 2, 7);
        alpha.expire(2);
        assertThat(alpha.leader()).isZero();
        assertThat(alpha.state().leader().current()).isEmpty();
        assertThat(alpha.state().leader().term()).isEqualTo(7);
    }

    @Test
    void l3_whenTheLeaderRegistersAnew_nobodyLeads_untilItSaysSoItself() {
        alpha.report(1, 11, 2, 7);
        alpha.register(2, 23);
        assertThat(alpha.leader()).isZero();
        assertThat(alpha.report(1, 11, 2, 7).accepted()).isFalse();
        assertThat(alpha.leader()).isZero();
        assertThat(alpha.report(2, 23, 2, 7).accepted()).isTrue();
        assertThat(alpha.leader()).isEqualTo(2);
    }

    @Test
    void l4_aReportWithoutATerm_isAcceptedOnlyWhileNoTermedOneHasBeen() {
        assertThat(alpha.report(1, 11, 2, 0).accepted()).isTrue();
        assertThat(alpha.leader()).isEqualTo(2);
        alpha.report(1, 11, 3, 1);
        assertThat(alpha.report(1, 11, 2, 0).accepted()).isFalse();
        assertThat(alpha.leader()).isEqualTo(3);
    }

    @Test
    void aRepeatedReport_isAcceptedAgain_andTakesNoRevision() {
        alpha.report(1, 11, 2, 7);
        long before = alpha.state().revision();
        assertThat(alpha.report(3, 33, 2, 7).accepted()).isTrue();
        assertThat(alpha.state().revision()).isEqualTo(before);
    }

    @Test
    void aReport_byOrAboutANodeThatIsNotThere_fails() {
        assertThat(alpha.report(9, 99, 1, 7).accepted()).isFalse();
        assertThat(alpha.report(1, 11, 9, 7).message()).isEqualTo("leader_id: 9 (expected: a registered node)");
        assertThat(alpha.report(1, 10, 1, 7).accepted()).isFalse();
    }
}
