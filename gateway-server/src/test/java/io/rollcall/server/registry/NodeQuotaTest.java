package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalStatus;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * How much of the registry a namespace may have: decided where registrations are, so that no two take the last place.
 *
 * <p>Planted bugs: an id too many taken, a used one refused; characters counted for bytes; metadata counted twice when
 * it is replaced, still when its node has gone, and held against who brings less.
 */
class NodeQuotaTest {
    private static final Settings TWO_NODES = TestSettings.INITIAL
            .with(Setting.QUOTA_NODES, 2)
            .with(Setting.QUOTA_NODE_IDS, 3)
            .with(Setting.QUOTA_METADATA, 100L);
    private static final String VALUE = "€".repeat(13) + "!"; // of three bytes each; with key and address it is 50

    private final DecidedNamespace alpha = new DecidedNamespace();

    private RegisterNode.Registration register(int node, long incarnation) {
        return register(node, incarnation, Map.of());
    }

    private RegisterNode.Registration register(int node, long incarnation, Map<String, String> metadata) {
        return register(node, incarnation, metadata, TWO_NODES);
    }

    private RegisterNode.Registration register(
            int node, long incarnation, Map<String, String> metadata, Settings quotas) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), metadata);
        return alpha.decide(new RegisterNode(NodeId.of(node), details, incarnation, 0, quotas, DecidedNamespace.NOW));
    }

    @Test
    void aNodeTooMany_isRefused_andChangesNothing() {
        register(1, 11);
        register(2, 22);
        NamespaceState before = alpha.state();
        assertThatThrownBy(() -> register(3, 33))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_NODES);
                    assertThat(RefusalStatus.of(refused).getTrailers()).isNotNull();
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

    private void assertFull(Refusal reason, String message, ThrowingCallable register) {
        NamespaceState before = alpha.state();
        assertThatThrownBy(register)
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(reason);
                    assertThat(refused.retryAfter()).isPositive();
                })
                .hasMessageContaining(message);
        assertThat(alpha.state()).isEqualTo(before);
    }

    /** How sessions ended is kept for good, so that none of them comes back (T2): that must not grow without end. */
    @Test
    void aNodeIdTooMany_isRefused_thoughThereIsRoom_andOneThatWasThereBeforeIsNot() {
        for (int node = 1; node <= 3; node++) {
            register(node, node);
            alpha.remove(node, node);
        }
        assertFull(Refusal.TOO_MANY_NODE_IDS, "has used 3 ids before", () -> register(4, 4));
        assertThat(register(3, 33).isNew()).isTrue();
    }

    @Test
    void metadata_isCountedInBytes_ofTheWholeNamespace() {
        register(1, 11, Map.of("k1", VALUE));
        assertFull(
                Refusal.TOO_MUCH_METADATA,
                "metadata: 101 bytes of this namespace, capabilities and addresses included (expected: at most 100)",
                () -> register(2, 22, Map.of("k22", VALUE)));
        register(2, 22, Map.of("k2", VALUE));
        assertThat(alpha.state().detailBytes()).isEqualTo(100);
    }

    @Test
    void whoBringsNoMoreMetadataThanBefore_isTaken_thoughTheQuotaWasLoweredMeanwhile() {
        register(1, 11, Map.of("k1", VALUE + VALUE), Registrations.UNBOUNDED);
        register(2, 22, Map.of("k2", VALUE + VALUE), Registrations.UNBOUNDED);
        assertThat(alpha.state().detailBytes()).isEqualTo(180);
        assertThat(register(1, 11, Map.of("k3", VALUE + VALUE)).isNew())
                .as("as much")
                .isFalse();
        assertThat(register(1, 11, Map.of("k1", VALUE)).isNew()).isFalse();
        assertThat(alpha.state().detailBytes()).isEqualTo(140);
    }

    @Test
    void whoSaysMoreAboutItself_isCountedOnce() {
        register(1, 11, Map.of("k1", VALUE));
        register(1, 11, Map.of("k1", VALUE + VALUE));
        assertThat(alpha.state().detailBytes()).isEqualTo(90);
    }

    @Test
    void metadata_makesRoom_onceItsNodeIsOffTheRecord() {
        register(1, 11, Map.of("k1", VALUE + VALUE));
        alpha.remove(1, 11);
        assertThat(alpha.state().detailBytes()).isZero();
    }
}
