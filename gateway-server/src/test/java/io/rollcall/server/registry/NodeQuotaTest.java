package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many live nodes a namespace may have: decided where registrations are, so that no two take the last place. */
class NodeQuotaTest {
    private static final int MOST = 2;

    private final DecidedNamespace alpha = new DecidedNamespace();

    private RegisterNode.Registration register(int node, long incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        return alpha.decide(new RegisterNode(NodeId.of(node), details, incarnation, 0, MOST, DecidedNamespace.NOW));
    }

    @Test
    void aNodeTooMany_isRefused_andChangesNothing() {
        register(1, 11);
        register(2, 22);
        NamespaceState before = alpha.state();
        assertThatThrownBy(() -> register(3, 33))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_NODES);
                    assertThat(refused.toStatus().getTrailers()).isNotNull();
                })
                .hasMessageContaining("nodes: 2 of this namespace are live (expected: fewer than 2)");
        assertThat(alpha.state()).isEqualTo(before);
    }

    @Test
    void whoIsThere_mayAlwaysRegisterAgain() {
        register(1, 11);
        register(2, 22);
        assertThat(register(1, 11).isNew()).isFalse();
        assertThat(register(2, 23).isNew()).isTrue();
    }

    @Test
    void aNodeThatFailedOrLeft_makesRoom() {
        register(1, 11);
        register(2, 22);
        alpha.expire(1);
        assertThat(register(3, 33).isNew()).isTrue();
        assertThatThrownBy(() -> register(1, 12)).isInstanceOf(RefusedException.class);
        alpha.remove(2, 22);
        assertThat(register(1, 12).isNew()).isTrue();
    }
}
