package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.ForwardingStore;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On record before it happens: in which order the writer tells its audit log, the store, the listeners and the asker. */
class AuditOrderTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final ForgetfulStore kept = new ForgetfulStore();
    private final AtomicInteger probesOfTheRecord = new AtomicInteger();
    private final AtomicInteger probesOfTheStore = new AtomicInteger();
    private volatile Exception trouble;
    private Registry registry;

    /** Tells what it is told, and has trouble where the test wants it. */
    private final class TalkativeAuditSink implements AuditSink {
        @Override
        public void intend(List<CommandOutcome> outcomes) throws IOException {
            outcomes.forEach(outcome -> order.add("intended " + outcome.name()));
            if (trouble instanceof RuntimeException defect) {
                throw defect;
            }
            if (trouble instanceof IOException failure) {
                throw failure;
            }
        }

        @Override
        public void retract() {
            order.add("retracted");
        }

        @Override
        public void refused(CommandOutcome outcome) {
            order.add("refused " + outcome.name());
        }

        @Override
        public void probe() throws IOException {
            probesOfTheRecord.incrementAndGet();
            if (trouble instanceof IOException failure) {
                throw failure;
            }
        }
    }

    private final class TalkativeStore extends ForwardingStore {
        TalkativeStore() {
            super(kept);
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            order.add("committing");
            kept.commit(batch);
            order.add("committed");
        }

        @Override
        public void probe() throws IOException {
            probesOfTheStore.incrementAndGet();
            super.probe();
        }
    }

    @BeforeEach
    void open() throws Exception {
        RegistryListener watcher = new RegistryListener() {
            @Override
            public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {}

            @Override
            public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
                order.add("seen");
            }
        };
        registry = Registry.open(
                new TalkativeStore(),
                new TalkativeAuditSink(),
                List.of(ALPHA),
                List.of(watcher),
                Clock.systemUTC(),
                System::nanoTime);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private void register(int node, long incarnation) {
        Registrations.register(registry.of(ALPHA), node, incarnation);
        order.add("answered");
    }

    private void assertRefused(Refusal expected, int node) {
        assertThatThrownBy(() -> register(node, node))
                .cause()
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(expected));
    }

    @Test
    void d2_aChange_isIntended_thenCommitted_thenSeen_thenAnswered() {
        register(1, 11);
        assertThat(order).containsExactly("intended RegisterNode", "committing", "committed", "seen", "answered");
    }

    @Test
    void whatCannotBePutOnRecord_isNotCommitted_andNotRetracted() {
        trouble = new IOException("no room");
        assertRefused(Refusal.AUDIT_UNAVAILABLE, 1);
        assertThat(order).containsExactly("intended RegisterNode");
        assertThat(registry.storeHealth().isWritable()).isFalse();
        trouble = null;
        await().until(() -> registry.storeHealth().isWritable());
        register(1, 11);
        assertThat(order).endsWith("intended RegisterNode", "committing", "committed", "seen", "answered");
    }

    @Test
    void aDefectOfTheAuditSink_refusesTheChange_andDoesNotEndTheWriter() {
        trouble = new IllegalStateException("a defect");
        assertRefused(Refusal.AUDIT_UNAVAILABLE, 1);
        assertThat(order).containsExactly("intended RegisterNode");
        trouble = null;
        register(1, 11);
        assertThat(order).contains("answered");
    }

    @Test
    void whatCouldNotBeCommitted_isRetractedOnce_andNotIntendedWhileTheStoreIsKnownToFail() {
        kept.fail(true);
        assertRefused(Refusal.STORE_UNAVAILABLE, 1);
        assertThat(order).containsExactly("intended RegisterNode", "committing", "retracted");
        assertRefused(Refusal.STORE_UNAVAILABLE, 2);
        assertThat(order).hasSize(3);
        kept.fail(false);
        register(3, 33);
        assertThat(order.subList(3, order.size()))
                .containsExactly("intended RegisterNode", "committing", "committed", "seen", "answered");
    }

    /** The second probe begins after the first one has told. */
    private void assertStaysUnwritable(AtomicInteger probes) {
        int before = probes.get();
        await().until(() -> probes.get() >= before + 2);
        assertThat(registry.storeHealth().isWritable()).isFalse();
    }

    @Test
    void d3_aRecordThatStillFails_isNotTakenForOneThatWorks() {
        trouble = new IOException("no room");
        assertRefused(Refusal.AUDIT_UNAVAILABLE, 1);
        assertStaysUnwritable(probesOfTheRecord);
    }

    @Test
    void d3_aStoreThatStillFails_isNotTakenForOneThatWorks() {
        kept.fail(true);
        assertRefused(Refusal.STORE_UNAVAILABLE, 1);
        assertStaysUnwritable(probesOfTheStore);
    }

    @Test
    void anObjection_isTold_andNeverIntended() {
        assertThat(Registrations.report(registry.of(ALPHA), 1, 11, 7)).isFalse();
        assertThat(order).containsExactly("refused UpdateLeader");
        register(1, 11);
        order.clear();
        assertThat(Registrations.report(registry.of(ALPHA), 1, 11, 7)).isTrue();
        assertThat(Registrations.report(registry.of(ALPHA), 1, 11, 6)).isFalse();
        assertThat(order)
                .containsExactly("intended UpdateLeader", "committing", "committed", "seen", "refused UpdateLeader");
    }
}
