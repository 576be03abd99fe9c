package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * What waits while the writer waits for the disk.
 *
 * <p>Planted bugs: as much as callers like; what was taken counts for ever; what the gateway does by itself is refused.
 */
class NamespaceRegistryTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int NODE_BYTES = 16_000;
    /** More than may wait. */
    private static final int MANY = 3_000;

    private static final CallIdentity CALLER =
            new CallIdentity(new Caller.OperatorCaller(ALPHA, "admin"), "", "", "", "");

    private final NamespaceRegistry alpha =
            new NamespaceRegistry(ALPHA, NamespaceState.empty(Instant.EPOCH), namespace -> {});

    private CompletableFuture<?> submit(CallIdentity identity) {
        NodeDetails details = new NodeDetails("10.0.0.1", 5000, List.of(), Map.of("note", "x".repeat(NODE_BYTES)));
        return alpha.submit(
                identity, new RegisterNode(NodeId.of(1), details, 1, 0, Registrations.UNBOUNDED, Instant.EPOCH));
    }

    @Test
    void changesThatWait_areBoundedBySize_untilTheyAreTaken() {
        int accepted = 0;
        CompletableFuture<?> last = submit(CALLER);
        for (; !last.isDone() && accepted < MANY; last = submit(CALLER)) {
            accepted++;
        }
        assertThat((long) accepted * NODE_BYTES)
                .isBetween(NamespaceRegistry.MOST_WAITING_BYTES / 2, NamespaceRegistry.MOST_WAITING_BYTES);
        assertThatThrownBy(last::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RefusedException.class)
                .cause()
                .satisfies(why -> assertThat(((RefusedException) why).refusal()).isEqualTo(Refusal.RATE_EXCEEDED));
        assertThat(submit(CallIdentity.GATEWAY)).as("leases end all the same").isNotDone();
        assertThat(alpha.take(Integer.MAX_VALUE)).hasSize(accepted + 1);
        assertThat(submit(CALLER)).isNotDone();
    }
}
