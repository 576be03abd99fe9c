package io.rollcall.server.store.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Branches.Branch;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract tests of every store. A store's test extends this class and opens the store; the tests share no state.
 *
 * <p>Planted bugs that it found: removed nodes were not deleted; the ended sessions of a batch's second change were
 * lost; the history was cut by the batch's first revision; a namespace's number was taken from another one; branches
 * were not stored, or never dropped.
 */
public abstract class RegistryStoreContract {
    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");
    private final ScriptedNamespace beta = new ScriptedNamespace("beta");
    private RegistryStore store;

    /** Opens the store of this test, each time the same one. */
    protected abstract RegistryStore open() throws IOException;

    /** Returns whether commits survive reopening the store. */
    protected abstract boolean isDurable();

    @BeforeEach
    void openFirst() throws IOException {
        store = open();
    }

    @AfterEach
    void closeLast() {
        store.close();
    }

    /** Reopens the store, as after a restart of the gateway, if it is durable. */
    private void reopen() throws IOException {
        if (isDurable()) {
            store.close();
            store = open();
        }
    }

    @Test
    void aNewStore_isEmpty_andHasAnId() throws IOException {
        assertThat(store.load()).isEmpty();
        assertThat(store.registryId()).matches("[0-9a-f]{16}");
    }

    @Test
    void theRegistryId_isTheStoresOwn() throws IOException {
        String id = store.registryId();
        reopen();
        assertThat(store.registryId()).isEqualTo(id);
        if (!isDurable()) {
            try (RegistryStore another = open()) {
                assertThat(another.registryId()).isNotEqualTo(id);
            }
        }
    }

    @Test
    void d1_whatWasCommitted_isThereAgain() throws IOException {
        store.commit(List.of(alpha.register(1, 11).register(2, 21).lead(1, 7).take()));
        store.commit(List.of(alpha.register(2, 22).remove(1).raiseEpoch().take()));
        reopen();
        assertThat(stateOf(alpha)).isEqualTo(alpha.state());
    }

    @Test
    void d1_anyChangesInAnyBatches_areThereAgain() throws IOException {
        for (int seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            for (int batch = 0; batch < 10; batch++) {
                List<NamespaceChanges> changes = new ArrayList<>();
                changes.add(alpha.changeAtRandom(random, 1 + random.nextInt(20)).take());
                if (random.nextBoolean()) {
                    changes.add(
                            beta.changeAtRandom(random, 1 + random.nextInt(5)).take());
                }
                store.commit(changes);
            }
            reopen();
            assertThat(stateOf(alpha)).as("seed %d", seed).isEqualTo(alpha.state());
            assertThat(stateOf(beta)).as("seed %d", seed).isEqualTo(beta.state());
        }
    }

    @Test
    void i1_namespaces_doNotMix() throws IOException {
        store.commit(List.of(alpha.register(1, 11).take(), beta.register(1, 12).take()));
        store.commit(List.of(beta.remove(1).take()));
        reopen();
        assertThat(stateOf(alpha)).isEqualTo(alpha.state());
        assertThat(stateOf(beta)).isEqualTo(beta.state());
        assertThat(store.load()).hasSize(2);
    }

    @Test
    void w1_theHistory_leadsToTheState_withoutAGap() throws IOException {
        List<LogEntry> committed = new ArrayList<>();
        Random random = new Random(4);
        for (int batch = 0; batch < 20; batch++) {
            NamespaceChanges changes = alpha.changeAtRandom(random, 7).take();
            committed.addAll(changes.entries());
            store.commit(List.of(changes));
            if (batch == 10) {
                reopen();
            }
        }
        assertThat(loaded(alpha).history()).isEqualTo(committed);
    }

    @Test
    void theHistory_sharesTheNodesThatAreStillAsItLeftThem() throws IOException {
        store.commit(
                List.of(alpha.register(1, 11).register(2, 21).register(1, 12).take()));
        reopen();
        StoredNamespace loaded = loaded(alpha);
        assertThat(loaded.history().get(1).change())
                .isInstanceOfSatisfying(Change.NodeChanged.class, second -> assertThat(second.node())
                        .isSameAs(loaded.state().nodes().get(NodeId.of(2))));
        assertThat(loaded.history().get(0).change())
                .isInstanceOfSatisfying(Change.NodeChanged.class, first -> assertThat(first.node())
                        .isNotEqualTo(loaded.state().nodes().get(NodeId.of(1))));
    }

    @Test
    void w1_theHistory_isHeldFarEnough_andBounded() throws IOException {
        List<LogEntry> committed = new ArrayList<>();
        int most = RegistryStore.HELD_ENTRIES + RegistryStore.HELD_ENTRIES / 2;
        for (int entry = 1; entry <= most; entry += 64) {
            for (int i = 0; i < 64; i++) {
                alpha.register(1 + i % 8, entry + i);
            }
            NamespaceChanges changes = alpha.take();
            committed.addAll(changes.entries());
            store.commit(List.of(changes));
        }
        reopen();
        List<LogEntry> held = loaded(alpha).history();
        assertThat(held).hasSize(RegistryStore.HELD_ENTRIES);
        assertThat(held).isEqualTo(committed.subList(committed.size() - held.size(), committed.size()));
    }

    /** Without the limit one node that changes often takes 64 MiB, in memory and on disk. */
    @Test
    void w1_theHistory_isBoundedByItsSize_alsoAcrossARestart() throws IOException {
        int size = 256 << 10;
        int enough = (int) (RegistryStore.HELD_BYTES / size) + 10;
        for (int entry = 1; entry <= enough; entry++) {
            store.commit(List.of(alpha.registerLarge(1, entry, size).take()));
            if (entry == enough / 2) {
                reopen();
            }
        }
        reopen();
        List<LogEntry> held = loaded(alpha).history();
        assertThat(held.stream().mapToLong(LogEntry::heldBytes).sum())
                .isBetween(RegistryStore.HELD_BYTES / 2, RegistryStore.HELD_BYTES);
        assertThat(held.get(held.size() - 1).revision()).isEqualTo(alpha.state().revision());
    }

    @Test
    void w1_eachOpening_hasABranch_thatIsKeptFromItsFirstChangeOn() throws IOException {
        long first = store.branch();
        assertThat(first).isNotZero();
        store.commit(List.of(alpha.startAs(first).register(1, 1).take()));
        store.commit(List.of(alpha.register(1, 2).take()));
        reopen();
        long second = store.branch();
        assertThat(second != first).isEqualTo(isDurable());
        store.commit(List.of(alpha.startAs(second).register(1, 3).take()));
        reopen();
        assertThat(branches(alpha)).isEqualTo(alpha.state().branches().oldestFirst());
        assertThat(branches(alpha).get(0)).isEqualTo(new Branch(first, 1));
        assertThat(branches(alpha)).hasSize(isDurable() ? 2 : 1);
    }

    @Test
    void w1_branchesOfRevisionsThatAreHeldNoMore_areDropped() throws IOException {
        store.commit(List.of(alpha.startAs(1).register(1, 1).take()));
        store.commit(List.of(alpha.startAs(2).register(1, 2).take()));
        for (int entry = 0; entry < RegistryStore.HELD_ENTRIES; entry++) {
            alpha.raiseEpoch();
        }
        store.commit(List.of(alpha.take()));
        store.commit(List.of(alpha.startAs(3).raiseEpoch().take()));
        reopen();
        assertThat(branches(alpha)).containsExactly(new Branch(2, 2), new Branch(3, RegistryStore.HELD_ENTRIES + 3));
    }

    private List<Branch> branches(ScriptedNamespace namespace) throws IOException {
        return stateOf(namespace).branches().oldestFirst();
    }

    @Test
    void t2_endedSessions_areRemembered_alsoOfNodesThatAreGone() throws IOException {
        for (int session = 1; session <= 40; session++) {
            alpha.register(1, session);
        }
        store.commit(List.of(alpha.register(2, 1).remove(2).remove(1).take()));
        reopen();
        assertThat(stateOf(alpha).endedSessions()).isEqualTo(alpha.state().endedSessions());
    }

    @Test
    void aProbe_changesNothing() throws IOException {
        store.commit(List.of(alpha.register(1, 11).take()));
        store.probe();
        reopen();
        store.probe();
        assertThat(stateOf(alpha)).isEqualTo(alpha.state());
    }

    private NamespaceState stateOf(ScriptedNamespace namespace) throws IOException {
        return loaded(namespace).state();
    }

    private StoredNamespace loaded(ScriptedNamespace namespace) throws IOException {
        StoredNamespace stored = store.load().get(namespace.name());
        if (stored == null) {
            throw new AssertionError("nothing is stored of " + namespace.name());
        }
        return stored;
    }
}
