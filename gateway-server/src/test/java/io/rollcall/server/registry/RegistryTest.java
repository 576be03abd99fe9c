package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.ForwardingStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which namespaces are served, and what is known of them. The store has two, of which one is served from the start. */
class RegistryTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final NamespaceName GAMMA = new NamespaceName("gamma");

    private final List<String> told = new CopyOnWriteArrayList<>();
    private Registry registry;

    private static RegistryStore.StoredNamespace stored(int nodes) {
        DecidedNamespace namespace = new DecidedNamespace();
        for (int node = 1; node <= nodes; node++) {
            namespace.register(node, node);
        }
        List<LogEntry> history = namespace.history().stream()
                .map(change -> new LogEntry(change, 1))
                .toList();
        return new RegistryStore.StoredNamespace(namespace.state(), history);
    }

    @BeforeEach
    void open() throws Exception {
        RegistryStore store = new ForwardingStore(new ForgetfulStore()) {
            @Override
            public Map<NamespaceName, StoredNamespace> load() {
                return Map.of(ALPHA, stored(1), BETA, stored(2));
            }
        };
        RegistryListener listener = new RegistryListener() {
            @Override
            public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {
                told.add(namespace + ": " + state.liveCount() + " live, "
                        + (history.isEmpty() ? "no history" : "up to " + history.size()));
            }

            @Override
            public void end(NamespaceName namespace) {
                told.add(namespace + " ends");
            }

            @Override
            public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {}
        };
        registry = Registry.open(store, List.of(ALPHA), List.of(listener), Clock.systemUTC(), System::nanoTime);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void theRegistry_isTheStores() {
        assertThat(registry.id()).isEqualTo("forgetful");
    }

    @Test
    void whatTheStoreHas_isThereAtTheStart_andToldWithItsHistory() {
        assertThat(registry.of(ALPHA).state().liveCount()).isEqualTo(1);
        assertThat(registry.find(ALPHA)).containsSame(registry.of(ALPHA));
        assertThat(told).containsExactly("alpha: 1 live, up to 3");
    }

    @Test
    void aNamespaceThatIsServedLater_beginsWithWhatTheStoreHas() {
        assertThat(registry.find(BETA)).isEmpty();
        registry.serve(BETA);
        registry.serve(GAMMA);
        registry.serve(BETA);
        assertThat(registry.of(BETA).state().liveCount()).isEqualTo(2);
        assertThat(registry.all()).extracting(NamespaceRegistry::name).containsExactly(ALPHA, BETA, GAMMA);
        assertThat(told.subList(1, told.size()))
                .containsExactly("beta: 2 live, no history", "gamma: 0 live, no history");
    }

    @Test
    void aNamespaceThatIsServedNoMore_ends_andIsThereAgainWhenServedAgain() {
        Registrations.register(registry.of(ALPHA), 2, 22);
        told.clear();
        registry.unserve(ALPHA);
        registry.unserve(ALPHA);
        assertThatThrownBy(() -> registry.of(ALPHA))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.NOT_PERMITTED));
        registry.serve(ALPHA);
        assertThat(told).containsExactly("alpha ends", "alpha: 2 live, no history");
    }
}
