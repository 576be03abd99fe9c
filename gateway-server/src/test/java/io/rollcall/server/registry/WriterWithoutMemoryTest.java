package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.ForwardingStore;
import io.rollcall.server.watchdog.EndOfProcess;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The writer's thread is everybody's: it does not go on without memory, wherever that shows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // whoever waits for no answer hears no interrupt
class WriterWithoutMemoryTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final ForgetfulStore kept = new ForgetfulStore();
    private volatile String showsAt = "nowhere";
    private EndOfProcess end;
    private Registry registry;

    /** Once. */
    private void at(String place) {
        if (place.equals(showsAt)) {
            showsAt = "nowhere";
            order.add(place);
            throw new OutOfMemoryError("in a test");
        }
    }

    private final class Sink implements AuditSink {
        @Override
        public void intend(List<CommandOutcome> outcomes) {
            at("intend");
        }

        @Override
        public void retract() {
            order.add("retracted");
        }

        @Override
        public void refused(CommandOutcome outcome) {
            at("refused");
        }

        @Override
        public void probe() {}
    }

    private final class Store extends ForwardingStore {
        Store() {
            super(kept);
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            at("commit");
            super.commit(batch);
        }

        @Override
        public void probe() throws IOException {
            at("probe");
            super.probe();
        }
    }

    private final class Register implements Command<String> {
        @Override
        public String name() {
            return "Register";
        }

        @Override
        public Map<String, Object> asked() {
            return Map.of();
        }

        @Override
        public String decide(Draft draft) {
            at("decide");
            Registrations.command(1, 11).decide(draft);
            return "decided";
        }
    }

    @BeforeEach
    void open() throws Exception {
        end = new EndOfProcess(() -> order.add("ended"));
        registry = Registry.open(
                new Store(),
                new Sink(),
                List.of(ALPHA),
                List.of((namespace, after, entries) -> at("listener")),
                Clock.systemUTC(),
                System::nanoTime);
    }

    @AfterEach
    void close() {
        registry.close();
        end.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"decide", "intend", "listener"})
    void theProcessEnds_whereverItShows(String place) {
        showsAt = place;
        CompletableFuture<String> reply = registry.of(ALPHA).submit(new Register());
        await().until(reply::isDone);
        assertThat(order).containsExactly(place, "ended");
    }

    @Test
    void theProcessEnds_beforeACommitIsRetracted() {
        showsAt = "commit";
        assertThatThrownBy(() -> registry.of(ALPHA).submit(new Register()).join())
                .isNotNull();
        assertThat(order).startsWith("commit", "ended", "retracted");
    }

    @Test
    void theProcessEnds_thoughWhatIsToldAfterACommitFails_andTheCallersAreTold() {
        showsAt = "refused";
        assertThatThrownBy(() -> Registrations.report(registry.of(ALPHA), 1, 11, 7))
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(order).containsExactly("refused", "ended");
    }

    @Test
    void theProcessEnds_thoughItShowsInTheProbeBeforeACommit() {
        kept.fail(true);
        kept.holdNextCommit();
        CompletableFuture<String> first = registry.of(ALPHA).submit(new Register());
        kept.awaitHeldCommit();
        CompletableFuture<String> next = registry.of(ALPHA).submit(new Register()); // so the writer has no idle moment
        showsAt = "probe";
        kept.releaseHeldCommit();
        assertThatThrownBy(first::join).isNotNull();
        assertThatThrownBy(next::join).isNotNull();
        assertThat(order).containsExactly("retracted", "probe", "ended");
    }

    @Test
    void theProcessEnds_thoughItShowsInAnIdleMoment() {
        kept.fail(true);
        assertThatThrownBy(() -> registry.of(ALPHA).submit(new Register()).join())
                .isNotNull();
        showsAt = "probe";
        await().until(() -> order.contains("ended"));
        assertThat(order).containsExactly("retracted", "probe", "ended");
    }
}
