package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.testing.ScriptedNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy that is one moment of the store, while the store goes on. */
class BackupTest {
    @TempDir
    private Path dir;

    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");

    private static RegistryStore open(Path directory) throws IOException {
        return SqliteStore.open(directory, new SecureRandom());
    }

    private Path restored(Path copy, String name) throws IOException {
        Path directory = Files.createDirectories(dir.resolve(name));
        Files.copy(copy, directory.resolve(SqliteStore.FILE));
        return directory;
    }

    @Test
    void aRestoredCopy_isTheStoreAsItWas_underANewId() throws Exception {
        Path copy = dir.resolve("copy.db");
        try (RegistryStore store = open(dir)) {
            store.commit(List.of(alpha.register(1, 11).lead(1, 7).raiseEpoch().take()));
            NamespaceState then = alpha.state();
            Backup.copy(dir, copy);
            store.commit(List.of(alpha.register(2, 22).take()));
            try (RegistryStore restored = open(restored(copy, "restored"))) {
                assertThat(restored.load().get(alpha.name()).state()).isEqualTo(then);
                assertThat(restored.registryId()).isNotEqualTo(store.registryId());
            }
        }
        assertThat(dir.resolve("copy.db-wal")).doesNotExist();
        assertThat(dir.resolve("copy.db.unfinished")).doesNotExist();
    }

    @Test
    void copiesMadeWhileTheStoreIsWritten_areEachOneMomentOfIt() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch written = new CountDownLatch(1);
        try (RegistryStore store = open(dir)) {
            store.commit(List.of(alpha.register(1, 1).take()));
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                Random random = new Random(5);
                while (!stop.get()) {
                    commit(store, random);
                    written.countDown();
                }
            });
            try {
                assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
                for (int i = 0; i < 10; i++) {
                    Backup.copy(dir, dir.resolve("copy" + i));
                }
            } finally {
                stop.set(true);
                writing.join();
            }
        }
        long last = 0;
        for (int i = 0; i < 10; i++) {
            try (RegistryStore restored = open(restored(dir.resolve("copy" + i), "restored" + i))) {
                // Reading it checks that nothing is missing and the history leads to the state.
                long revision = restored.load().get(alpha.name()).state().revision();
                assertThat(revision).isGreaterThanOrEqualTo(last);
                last = revision;
            }
        }
        assertThat(last).isGreaterThan(1);
    }

    private void commit(RegistryStore store, Random random) {
        try {
            store.commit(List.of(alpha.changeAtRandom(random, 5).take()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileThatIsThere_isNotOverwritten() throws Exception {
        open(dir).close();
        Path copy = Files.writeString(dir.resolve("copy.db"), "precious");
        assertThatThrownBy(() -> Backup.copy(dir, copy)).hasMessageContaining("is there already; name another");
        assertThat(copy).hasContent("precious");
    }

    @Test
    void whereThereIsNoStore_thatIsSaid() {
        assertThatThrownBy(() -> Backup.copy(dir.resolve("nowhere"), dir.resolve("copy.db")))
                .hasMessageContaining("name the gateway's data directory");
    }
}
