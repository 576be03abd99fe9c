package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a client may say of branches, truly or not. */
class LostBranchesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final Caller NODE_3 = new Caller.NodeCaller(ALPHA, NodeId.of(3));

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger news = new AtomicInteger();
    private final Alarms alarms = new Alarms(Clock.systemUTC(), subject -> news.incrementAndGet());
    private final LostBranches lost = new LostBranches(alarms, now::get);
    private final NamespaceState state = at(20);

    private static NamespaceState at(int revision) {
        NamespaceState state = NamespaceState.empty(DecidedNamespace.NOW).startedAs(7);
        while (state.revision() < revision) {
            Draft draft = new Draft(state);
            draft.set(Bootstrap.open(state.bootstrap().epoch() + 1));
            state = draft.state();
        }
        return state;
    }

    private boolean isOurs(long branch, long revision) {
        return lost.isOurs(ALPHA, state, branch, revision, NODE_3);
    }

    @Test
    void whatWasTold_isOurs_andSoIsWhatOlderClientsHold() {
        assertThat(isOurs(7, 20)).isTrue();
        assertThat(isOurs(7, 1)).isTrue();
        assertThat(isOurs(0, 99)).as("no branch was told").isTrue();
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aRevisionThatIsNotYet_underABranchThatIs_wasLost() {
        assertThat(isOurs(7, 21)).isFalse();
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject().namespace()).hasValue(ALPHA);
            assertThat(alarm.what()).contains("3", "revision 21");
        });
    }

    /** A member that invents branches keeps its own namespace's alarm up, and no more: not a line of log for each. */
    @Test
    void whoInventsBranches_raisesOneAlarm_ofItsOwnNamespace() {
        for (int i = 1; i < 1_000; i++) {
            assertThat(isOurs(1_000 + i, i)).isFalse();
        }
        assertThat(alarms.all()).hasSize(1);
        assertThat(news).hasValue(1);
    }

    @Test
    void theAlarm_lastsAsLongAsSuchClientsCome() {
        isOurs(9, 5);
        now.addAndGet(Duration.ofMinutes(50).toNanos());
        isOurs(9, 5);
        now.addAndGet(Duration.ofMinutes(50).toNanos());
        lost.expire();
        assertThat(alarms.all()).hasSize(1);
        now.addAndGet(Duration.ofMinutes(10).toNanos());
        lost.expire();
        assertThat(alarms.all()).hasSize(1);
        now.incrementAndGet();
        lost.expire();
        assertThat(alarms.all()).isEmpty();
        isOurs(9, 5);
        assertThat(alarms.all()).hasSize(1);
    }

    @Test
    void branchesOfLongAgo_areForgotten_andNoAlarm() {
        NamespaceState late = at(RegistryStore.HELD_ENTRIES + 20);
        assertThat(lost.isOurs(ALPHA, late, 5, 19, NODE_3)).isFalse();
        assertThat(alarms.all()).isEmpty();
        assertThat(lost.isOurs(ALPHA, late, 5, 20, NODE_3)).isFalse();
        assertThat(alarms.all()).hasSize(1);
    }
}
