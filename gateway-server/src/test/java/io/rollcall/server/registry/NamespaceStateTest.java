package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.registry.LeaseVerdict.Kind;
import org.junit.jupiter.api.Test;

/** A state that comes back from the store. */
class NamespaceStateTest {
    @Test
    void whatCanBeCounted_isCountedAsItWasBefore() {
        DecidedNamespace alpha = new DecidedNamespace();
        for (int node = 1; node <= 6; node++) {
            alpha.register(node, node);
        }
        alpha.settle(Kind.SUSPECT, 2);
        alpha.expire(3);
        alpha.expire(4);
        alpha.expire(5);
        NamespaceState state = alpha.state();
        NamespaceState counted = NamespaceState.of(
                state.revision(),
                state.bootstrap(),
                state.leader(),
                state.nodes(),
                state.endedSessions(),
                state.branches());
        assertThat(counted).isEqualTo(state);
        assertThat(counted.suspected()).isEqualTo(1);
        assertThat(counted.failed()).isEqualTo(3);
        assertThat(counted.detailBytes()).isEqualTo(6 * "10.0.0.1raft".length());
    }
}
