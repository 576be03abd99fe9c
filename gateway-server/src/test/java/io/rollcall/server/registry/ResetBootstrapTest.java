package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator lets the cluster be founded anew: promises B4 and B5. */
class ResetBootstrapTest {
    private final DecidedNamespace alpha = new DecidedNamespace();

    @BeforeEach
    void aFoundedCluster() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.report(1, 11, 1, 50);
    }

    @Test
    void b4_withMembersLiving_aResetNeedsForce() {
        assertThatThrownBy(() -> alpha.reset(false, 0))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.MEMBERS_LIVE))
                .hasMessage("force: false (expected: true, for 2 members live)");
        assertThat(alpha.state().bootstrap().epoch()).isEqualTo(1);
        alpha.remove(1, 11);
        alpha.expire(2);
        assertThat(alpha.reset(false, 0).bootstrap().epoch()).isEqualTo(2);
    }

    @Test
    void b5_afterAReset_theFirstRegistrationFounds_inTheNextEpoch() {
        alpha.reset(true, 1);
        RegisterNode.Registration first = alpha.register(2, 23);
        assertThat(first.isFounder()).isTrue();
        assertThat(first.state().bootstrap().epoch()).isEqualTo(2);
        assertThat(alpha.register(1, 12).isFounder()).isFalse();
    }

    @Test
    void b5_sessionsOfTheOldEpochLiveOn_butSayNothingAboutTheNewCluster() {
        alpha.reset(true, 1);
        assertThat(alpha.state().live(DecidedNamespace.session(1, 11))).isPresent();
        assertThat(alpha.register(1, 11).isFounder()).isFalse();
        assertThat(alpha.report(1, 11, 1, 51).accepted()).isFalse();
        assertThat(alpha.leader()).isZero();
        assertThat(alpha.register(2, 23).isFounder()).isTrue();
        assertThat(alpha.report(2, 23, 1, 1).accepted()).isFalse();
        assertThat(alpha.report(1, 11, 2, 1).accepted()).isFalse();
    }

    @Test
    void theNewCluster_beginsItsTermsAnew() {
        alpha.reset(true, 1);
        alpha.register(2, 23);
        assertThat(alpha.report(2, 23, 2, 1).accepted()).isTrue();
        assertThat(alpha.state().leader().term()).isEqualTo(1);
    }

    @Test
    void aMemberOfTheOldEpoch_doesNotPassForAFounderOfTheNew() {
        alpha.reset(true, 1);
        assertThat(alpha.register(1, 12, 1).isFounder()).isFalse();
        assertThat(alpha.state().bootstrap().isOpen()).isTrue();
        assertThat(alpha.register(2, 23).isFounder()).isTrue();
    }

    @Test
    void anOlderClientsSession_ends_forNotFoundIsTheWordItUnderstands() {
        alpha.register(3, 0);
        alpha.reset(true, 0);
        assertThat(alpha.state().node(NodeId.of(3))).isEmpty();
        assertThat(alpha.state().endedSessions().of(NodeId.of(3), 0)).contains(SessionEnd.Reason.RESET);
        assertThat(alpha.register(3, 0).isFounder()).isTrue();
    }

    @Test
    void aRepeatedCall_doesNotResetTwice() {
        alpha.reset(true, 1);
        assertThatThrownBy(() -> alpha.reset(true, 1)).hasMessage("epoch: 1 (expected: 2, the current one)");
    }
}
