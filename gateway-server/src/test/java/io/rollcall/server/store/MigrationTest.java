package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Branches.Branch;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of an earlier build is opened with all that it holds, and what is noted then stays, killed or not. */
class MigrationTest {
    private static final NamespaceName KEPT = new NamespaceName("kept");
    private static final NamespaceName OTHER = new NamespaceName("other");

    @TempDir
    private Path dir;

    private static List<Branch> branches(Map<NamespaceName, StoredNamespace> stored, NamespaceName name) {
        return stored.get(name).state().branches().oldestFirst();
    }

    @Test
    void d1_aStoreOfSchema1_isWhatItWas_andItsHistoryIsOneBranch() throws Exception {
        OlderStore.write(OlderStore.UNSERVED, dir);
        Path left = Files.createDirectories(dir.resolve("killed"));
        List<Branch> ofKept;
        try (RegistryStore store = SqliteStore.open(dir, new SecureRandom())) {
            assertThat(store.registryId()).isEqualTo(OlderStore.REGISTRY_ID);
            StoredNamespace kept = store.load().get(KEPT);
            assertThat(kept.state().revision()).isEqualTo(6);
            assertThat(kept.history()).hasSize(6);
            assertThat(kept.state().leader().term()).isEqualTo(7);
            assertThat(kept.state().live(NodeId.of(2))).isPresent();
            ofKept = branches(store.load(), KEPT);
            assertThat(ofKept).singleElement().satisfies(branch -> {
                assertThat(branch.first()).isEqualTo(1);
                assertThat(branch.number()).isNotZero();
            });
            assertThat(branches(store.load(), OTHER)).hasSize(1).isNotEqualTo(ofKept);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, SqliteStore.FILE + "*")) {
                for (Path file : files) {
                    Files.copy(file, left.resolve(file.getFileName()));
                }
            }
        }
        for (Path directory : List.of(dir, left)) {
            try (RegistryStore again = SqliteStore.open(directory, new SecureRandom())) {
                assertThat(branches(again.load(), KEPT)).isEqualTo(ofKept);
            }
        }
    }

    @Test
    void aBackupOfAStoreOfSchema1_isAdopted() throws Exception {
        OlderStore.write(OlderStore.UNSERVED, dir);
        Path restored = Files.createDirectories(dir.resolve("restored"));
        Backup.copy(dir, restored.resolve(SqliteStore.FILE));
        try (RegistryStore store = SqliteStore.open(restored, new SecureRandom())) {
            assertThat(store.registryId()).isNotEqualTo(OlderStore.REGISTRY_ID);
            assertThat(store.load().get(KEPT).state().revision()).isEqualTo(6);
        }
    }
}
