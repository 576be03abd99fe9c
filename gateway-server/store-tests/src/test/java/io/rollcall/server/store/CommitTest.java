package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.testing.ScriptedNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of a batch or nothing, and back to normal by itself. The disk's failures are a trigger's here. */
class CommitTest {
    @TempDir
    private Path dir;

    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");
    private final ScriptedNamespace beta = new ScriptedNamespace("beta");

    @BeforeEach
    void commitFirst() throws IOException {
        try (RegistryStore store = open()) {
            store.commit(List.of(alpha.register(1, 11).take()));
        }
    }

    private RegistryStore open() throws IOException {
        return SqliteStore.open(dir, new SecureRandom());
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(SqliteStore.FILE));
                Statement it = connection.createStatement()) {
            it.executeUpdate(statement);
        }
    }

    @Test
    void d2_aBatchThatFailsInTheMiddle_leavesNothing() throws Exception {
        NamespaceState before = alpha.state();
        sql("CREATE TRIGGER fails BEFORE INSERT ON step WHEN NEW.revision = 3 BEGIN SELECT RAISE(ABORT, 'no'); END");
        try (RegistryStore store = open()) {
            assertThatThrownBy(() -> store.commit(List.of(
                            beta.register(1, 1).take(),
                            alpha.register(2, 2).register(3, 3).take())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(SqliteStore.FILE);
            assertThat(store.load()).containsOnlyKeys(alpha.name());
            assertThat(store.load().get(alpha.name()).state()).isEqualTo(before);
        }
    }

    @Test
    void afterAFailure_theNextBatchGoesThrough_oncePossible() throws Exception {
        sql("CREATE TRIGGER fails BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'no'); END");
        try (RegistryStore store = open()) {
            RegistryStore.NamespaceChanges batch = beta.register(1, 1).take();
            assertThatThrownBy(() -> store.commit(List.of(batch))).isInstanceOf(IOException.class);
            sql("DROP TRIGGER fails");
            store.probe();
            store.commit(List.of(batch));
            assertThat(store.load().get(beta.name()).state()).isEqualTo(beta.state());
        }
    }

    @Test
    void aBackupsCopy_becomesAnotherRegistry_whenFirstOpened() throws Exception {
        String id;
        try (RegistryStore store = open()) {
            id = store.registryId();
        }
        sql("PRAGMA application_id = " + DatabaseFile.COPY);
        String fresh;
        try (RegistryStore copy = open()) {
            fresh = copy.registryId();
            assertThat(fresh).isNotEqualTo(id);
            assertThat(copy.load().get(alpha.name()).state()).isEqualTo(alpha.state());
        }
        try (RegistryStore again = open()) {
            assertThat(again.registryId()).as("only when first opened").isEqualTo(fresh);
        }
    }
}
