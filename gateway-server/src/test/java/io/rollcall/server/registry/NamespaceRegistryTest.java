package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * What waits while the writer waits for the disk.
 *
 * <p>Planted bugs: as much as callers like; what was taken or refused counts for ever; what the gateway does by itself is
 * refused; who has more waiting than is taken at once gets no other turn.
 */
class NamespaceRegistryTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int NODE_BYTES = 16_000;
    /** More than may wait. */
    private static final int MANY = 3_000;

    private static final CallIdentity CALLER =
            new CallIdentity(new Caller.OperatorCaller(ALPHA, "admin"), "", "", "", "");

    private final List<NamespaceRegistry> woken = new ArrayList<>();
    private final NamespaceRegistry alpha =
            new NamespaceRegistry(ALPHA, NamespaceState.empty(Instant.EPOCH), woken::add);

    private record Sized(int heldBytes) implements Command<String> {
        @Override
        public String name() {
            return "Sized";
        }

        @Override
        public Map<String, Object> asked() {
            return Map.of();
        }

        @Override
        public String decide(Draft draft) {
            return "decided";
        }
    }

    private CompletableFuture<?> submit(CallIdentity identity) {
        NodeDetails details = new NodeDetails("10.0.0.1", 5000, List.of(), Map.of("note", "x".repeat(NODE_BYTES)));
        return alpha.submit(
                identity, new RegisterNode(NodeId.of(1), details, 1, 0, Registrations.UNBOUNDED, Instant.EPOCH));
    }

    @Test
    void b1_aRetryOfWhatIsCommitted_isAnsweredWithoutTheWriter_unlessItChangesSomething() {
        RegisterNode registration = registration(5000, 11, Registrations.UNBOUNDED);
        Draft draft = new Draft(alpha.state());
        registration.decide(draft);
        alpha.publish(draft.state());

        assertThat(alpha.submit(CALLER, registration))
                .isCompletedWithValueMatching(
                        again -> !again.isNew() && again.isFounder() && again.state() == draft.state());
        assertThat(woken).isEmpty();

        alpha.submit(CALLER, registration(5000, 12, Registrations.UNBOUNDED));
        assertThat(alpha.submit(CALLER, registration))
                .as("after one that waits")
                .isNotDone();
        alpha.take(Integer.MAX_VALUE);
        assertThat(alpha.submit(CALLER, registration))
                .as("after one that is being decided")
                .isNotDone();
        alpha.take(Integer.MAX_VALUE);
        alpha.decided();
        assertThat(alpha.submit(CALLER, registration)).isDone();
        woken.clear();

        assertThat(alpha.submit(CALLER, registration(5001, 11, Registrations.UNBOUNDED)))
                .as("another port")
                .isNotDone();
        assertThat(alpha.submit(CALLER, registration(5000, 12, Registrations.UNBOUNDED)))
                .as("another session")
                .isNotDone();
        Settings noMetadata = Registrations.UNBOUNDED.with(Setting.QUOTA_METADATA, 0L);
        assertThat(alpha.submit(CALLER, registration(50000, 11, noMetadata)))
                .as("more than the quota allows")
                .isNotDone();
        assertThat(woken).containsExactly(alpha);
    }

    private static RegisterNode registration(int port, long incarnation, Settings quotas) {
        NodeDetails details = new NodeDetails("10.0.0.1", port, List.of(), Map.of("port", "" + port));
        return new RegisterNode(NodeId.of(1), details, incarnation, 0, quotas, Instant.EPOCH);
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

    @Test
    void asMuchAsMayWait_isTaken_andWhatIsRefusedDoesNotCount() {
        int overhead = new NamespaceRegistry.Pending<>(CALLER, new Sized(0), new CompletableFuture<>()).heldBytes();
        Sized all = new Sized((int) NamespaceRegistry.MOST_WAITING_BYTES - overhead);
        for (int round = 1; round <= 3; round++) {
            assertThat(alpha.submit(CALLER, all)).isNotDone();
            assertThat(alpha.submit(CALLER, new Sized(1))).isCompletedExceptionally();
            assertThat(alpha.take(Integer.MAX_VALUE)).hasSize(1);
        }
    }

    @Test
    void whatIsMoreThanOneTurn_getsAnother() {
        for (int i = 0; i < 3; i++) {
            assertThat(submit(CALLER)).isNotDone();
        }
        assertThat(woken).containsExactly(alpha);
        assertThat(alpha.take(2)).hasSize(2);
        assertThat(woken).containsExactly(alpha, alpha);
        assertThat(alpha.take(2)).hasSize(1);
        assertThat(woken).containsExactly(alpha, alpha);
    }
}
