package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who founds the cluster: promises B1, B3, B4 and B6 as the pure decision keeps them. */
class BootstrapTest {
    private final DecidedNamespace alpha = new DecidedNamespace();

    @Test
    void b1_theFirstNodeFounds_andNobodyElse() {
        assertThat(alpha.register(1, 11).isFounder()).isTrue();
        assertThat(alpha.register(2, 22).isFounder()).isFalse();
        assertThat(alpha.register(3, 33).isFounder()).isFalse();
        assertThat(alpha.state().bootstrap().founder()).isEqualTo(DecidedNamespace.session(1, 11));
    }

    @Test
    void b1_theFoundersRetry_getsTheSameAnswer_thoughConfirmedMeanwhile() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        RegisterNode.Registration retry = alpha.register(1, 11);
        assertThat(retry.isFounder()).isTrue();
        assertThat(retry.isNew()).isFalse();
    }

    @Test
    void aClusterIsInitiated_onceANodeWasToldToFound_andNoMoreAfterAReset() {
        assertThat(alpha.state().bootstrap().isInitiated()).isFalse();
        alpha.register(1, 11);
        assertThat(alpha.state().bootstrap().isInitiated()).isTrue();
        alpha.reset(true, 1);
        assertThat(alpha.state().bootstrap().isInitiated()).isFalse();
    }

    @Test
    void b3_theHolderItself_inANewIncarnation_isToldAgain_inTheNextEpoch() {
        alpha.register(1, 11);
        assertThat(alpha.register(1, 12).isFounder()).isTrue();
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(2);
    }

    @Test
    void b3_afterTheHolderExpired_theNextNodeFounds_inTheNextEpoch() {
        alpha.register(1, 11);
        alpha.expire(1);
        assertThat(alpha.register(2, 22).isFounder()).isTrue();
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(2);
    }

    @Test
    void b3_afterTheHolderLeft_theNextNodeFounds() {
        alpha.register(1, 11);
        alpha.remove(1, 11);
        assertThat(alpha.register(2, 22).isFounder()).isTrue();
    }

    @Test
    void b3_anotherNodesRegistration_confirms() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        assertThat(alpha.state().bootstrap().confirmed()).isTrue();
        assertThat(alpha.register(1, 12).isFounder()).isFalse();
    }

    @Test
    void b3_anAcceptedLeaderReport_confirms() {
        alpha.register(1, 11);
        assertThat(alpha.state().bootstrap().confirmed()).isFalse();
        alpha.report(1, 11, 1, 1);
        assertThat(alpha.state().bootstrap().confirmed()).isTrue();
    }

    @Test
    void b4_onceFounded_nobodyIsToldAgain_thoughAllNodesAreGone() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.remove(1, 11);
        alpha.expire(2);
        assertThat(alpha.register(3, 33).isFounder()).isFalse();
        assertThat(alpha.register(1, 12).isFounder()).isFalse();
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(1);
    }

    @Test
    void b6_theFounderLeadsAtOnce_whichDoesNotConfirm() {
        alpha.register(1, 11);
        assertThat(alpha.leader()).isEqualTo(1);
        assertThat(alpha.state().bootstrap().confirmed()).isFalse();
    }

    @Test
    void aMemberOfAFoundedCluster_isNeverToldToFound_andTellsAForgetfulGatewayThatThereIsOne() {
        assertThat(alpha.register(1, 11, 4).isFounder()).isFalse();
        assertThat(alpha.register(2, 22).isFounder()).isFalse();
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(4);
    }

    @Test
    void anOlderClientThatRegistersAgain_keepsItsImplicitSession() {
        assertThat(alpha.register(1, 0).isFounder()).isTrue();
        RegisterNode.Registration again = alpha.register(1, 0);
        assertThat(again.isNew()).isFalse();
        assertThat(again.isFounder()).isTrue();
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(1);
    }
}
