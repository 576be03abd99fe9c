package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.TestTicker;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Decide, commit, apply: what the one writer promises whoever submits. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // whoever waits for no answer hears no interrupt
class RegistryWriterTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");

    private final ForgetfulStore store = new ForgetfulStore();

    @Test
    void b1_ofManyNodesThatRegisterAtOnce_exactlyOneFounds() throws Exception {
        ExecutorService nodes = Executors.newFixedThreadPool(16);
        try (Registry registry = open()) {
            List<Future<Boolean>> told = new ArrayList<>();
            for (int id = 1; id <= 200; id++) {
                int node = id;
                told.add(nodes.submit(() -> Registrations.register(registry.of(ALPHA), node, node)));
            }
            int founders = 0;
            for (Future<Boolean> answer : told) {
                founders += answer.get() ? 1 : 0;
            }
            assertThat(founders).isEqualTo(1);
            assertThat(registry.of(ALPHA).state().liveCount()).isEqualTo(200);
        } finally {
            nodes.shutdownNow();
        }
    }

    @Test
    void d2_whatCouldNotBeCommitted_isRefused_andWasNeverVisible() throws Exception {
        try (Registry registry = open()) {
            store.fail(true);
            assertThatThrownBy(() -> Registrations.register(registry.of(ALPHA), 1, 11))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RefusedException.class)
                    .satisfies(failure -> assertThat(((RefusedException) failure.getCause()).refusal())
                            .isEqualTo(Refusal.STORE_UNAVAILABLE));
            assertThat(registry.of(ALPHA).state().revision()).isZero();
            store.fail(false);
            assertThat(Registrations.register(registry.of(ALPHA), 2, 22)).isTrue();
        }
    }

    @Test
    void d3_aStoreThatFails_isKnownToFail_andFoundToWorkAgainByItself() throws Exception {
        try (Registry registry = open()) {
            assertThat(registry.storeHealth().isWritable()).isTrue();
            store.fail(true);
            assertThatThrownBy(() -> Registrations.register(registry.of(ALPHA), 1, 11))
                    .isInstanceOf(CompletionException.class);
            assertThat(registry.storeHealth().isWritable()).isFalse();
            assertThat(registry.storeHealth().failure())
                    .hasValueSatisfying(failure -> assertThat(failure.why()).isEqualTo("no room"));
            store.fail(false);
            await().until(() -> registry.storeHealth().isWritable());
            assertThat(registry.storeHealth().failure()).isEmpty();
        }
    }

    /** The one writer is everybody's: whatever a tenant drives it to, the others go on. */
    @Test
    void d2_whateverACommitDiesOf_itsCallersAreTold_andTheNextIsMade() throws Exception {
        try (Registry registry = open()) {
            store.die();
            assertThatThrownBy(() -> Registrations.register(registry.of(ALPHA), 1, 11))
                    .hasCauseInstanceOf(RefusedException.class)
                    .satisfies(failure -> assertThat(((RefusedException) failure.getCause()).refusal())
                            .isEqualTo(Refusal.STORE_UNAVAILABLE));
            assertThat(Registrations.register(registry.of(BETA), 1, 11)).isTrue();
            assertThat(registry.storeHealth().isWritable()).isTrue();
        }
    }

    @Test
    void whateverACommandDiesOf_itsCallerIsTold_andTheNextIsDecided() throws Exception {
        try (Registry registry = open()) {
            assertThatThrownBy(() -> registry.of(ALPHA).submit(new Deadly()).join())
                    .hasCauseInstanceOf(StackOverflowError.class);
            assertThat(Registrations.register(registry.of(BETA), 1, 11)).isTrue();
        }
    }

    @Test
    void whateverAListenerDiesOf_whatIsCommittedIsAnswered() throws Exception {
        RegistryListener deadly = (namespace, after, entries) -> {
            throw new StackOverflowError("in a test");
        };
        try (Registry registry =
                Registry.open(store, List.of(ALPHA), List.of(deadly), Clock.systemUTC(), System::nanoTime)) {
            assertThat(Registrations.register(registry.of(ALPHA), 1, 11)).isTrue();
            assertThat(Registrations.register(registry.of(ALPHA), 2, 22)).isFalse();
        }
    }

    @Test
    void d3_aCommitThatTakesForEver_isNoneAtAll() throws Exception {
        TestTicker ticker = new TestTicker();
        StoreHealth health = new StoreHealth(Clock.systemUTC(), ticker::nanos);
        health.begins();
        assertThat(health.isWritable()).isTrue();
        ticker.advance(Duration.ofSeconds(1).minusNanos(1));
        assertThat(health.isWritable()).isTrue();
        ticker.advance(Duration.ofNanos(1));
        assertThat(health.isWritable()).isFalse();
        health.succeeded();
        assertThat(health.isWritable()).isTrue();
    }

    @Test
    void d3_whileACommitHangs_theStoreIsKnownToFail() throws Exception {
        TestTicker ticker = new TestTicker();
        try (Registry registry = Registry.open(store, List.of(ALPHA), List.of(), Clock.systemUTC(), ticker::nanos)) {
            store.holdNextCommit();
            CompletableFuture<?> reply = registry.of(ALPHA).submit(Registrations.command(1, 11));
            store.awaitHeldCommit();
            assertThat(registry.storeHealth().isWritable()).isTrue();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(registry.storeHealth().isWritable()).isFalse();
            store.releaseHeldCommit();
            reply.join();
            assertThat(registry.storeHealth().isWritable()).isTrue();
        }
    }

    @Test
    void theWritersThread_checksIn() throws Exception {
        try (Registry registry = open()) {
            await().untilAsserted(() -> assertThat(registry.checkIn().thread())
                    .isNotNull()
                    .extracting(Thread::getName)
                    .isEqualTo("registry-writer"));
        }
    }

    @Test
    void whoIsInterruptedWhileClosing_staysInterrupted() throws Exception {
        Registry registry = open();
        Thread.currentThread().interrupt();
        registry.close();
        assertThat(Thread.interrupted()).isTrue();
        registry.close();
    }

    @Test
    void namespaces_doNotSeeEachOther() throws Exception {
        try (Registry registry = open()) {
            assertThat(Registrations.register(registry.of(ALPHA), 1, 11)).isTrue();
            assertThat(Registrations.register(registry.of(BETA), 1, 11)).isTrue();
            Registrations.register(registry.of(ALPHA), 2, 22);
            assertThat(registry.of(ALPHA).state().liveCount()).isEqualTo(2);
            assertThat(registry.of(BETA).state().liveCount()).isEqualTo(1);
            assertThat(store.batches())
                    .flatExtracting(batch -> batch)
                    .extracting(RegistryStore.NamespaceChanges::namespace)
                    .contains(ALPHA, BETA);
        }
    }

    @Test
    void afterClosing_commandsAreRefused_notForgotten() throws Exception {
        Registry registry = open();
        registry.close();
        assertThatThrownBy(() -> Registrations.register(registry.of(ALPHA), 1, 11))
                .hasCauseInstanceOf(RefusedException.class);
    }

    private record Deadly() implements Command<String> {
        @Override
        public String name() {
            return "Deadly";
        }

        @Override
        public Map<String, Object> asked() {
            return Map.of();
        }

        @Override
        public String decide(Draft draft) {
            throw new StackOverflowError("in a test");
        }
    }

    private Registry open() throws IOException {
        return Registry.open(store, List.of(ALPHA, BETA), List.of(), Clock.systemUTC(), System::nanoTime);
    }
}
