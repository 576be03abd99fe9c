package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.AuditEnd.Lines;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.testing.ScriptedNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log's end, kept with the changes: what is not forced stays until it is, whatever fails in between. */
class AuditEndTest {
    private static final Lines FIRST = new Lines(1, 100, "{\"seq\":2}\n");
    private static final Lines SECOND = new Lines(1, 110, "{\"seq\":3}\n");
    private static final Lines NEXT_FILE = new Lines(2, 50, "{\"seq\":9}\n");

    @TempDir
    private Path dir;

    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");
    private AuditEnd end = AuditEnd.NONE;
    private int node;

    private RegistryStore open() throws IOException {
        return SqliteStore.open(dir, new SecureRandom(), () -> end);
    }

    private void commit(RegistryStore store, AuditEnd now) throws IOException {
        end = now;
        node++;
        store.commit(List.of(alpha.register(node, node).take()));
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(SqliteStore.FILE));
                Statement it = connection.createStatement()) {
            it.executeUpdate(statement);
        }
    }

    @Test
    void withoutAStore_orWithoutALog_thereIsNone() throws Exception {
        assertThat(SqliteStore.auditEnd(dir)).isEqualTo(AuditEnd.NONE);
        try (RegistryStore store = open()) {
            assertThat(SqliteStore.auditEnd(dir)).isEqualTo(AuditEnd.NONE);
            commit(store, AuditEnd.NONE);
            assertThat(SqliteStore.auditEnd(dir)).isEqualTo(AuditEnd.NONE);
        }
    }

    @Test
    void whatIsNotForced_isKept_fromCommitToCommit_untilItIs() throws Exception {
        try (RegistryStore store = open()) {
            for (AuditEnd now : List.of(
                    new AuditEnd("2:a", List.of(FIRST)),
                    new AuditEnd("3:b", List.of(FIRST, SECOND)),
                    new AuditEnd("3:b", List.of(SECOND)),
                    new AuditEnd("4:c", List.of()),
                    new AuditEnd("9:d", List.of(NEXT_FILE)),
                    new AuditEnd("10:e", List.of()))) {
                commit(store, now);
                assertThat(SqliteStore.auditEnd(dir)).isEqualTo(now);
            }
        }
    }

    @Test
    void anotherStart_dropsWhatIsForcedSince() throws Exception {
        try (RegistryStore store = open()) {
            commit(store, new AuditEnd("3:b", List.of(FIRST, SECOND)));
        }
        assertThat(SqliteStore.auditEnd(dir).unforced()).containsExactly(FIRST, SECOND);
        end = new AuditEnd("4:c", List.of());
        try (RegistryStore store = open()) {
            assertThat(SqliteStore.auditEnd(dir)).as("forced by the start").isEqualTo(end);
            commit(store, new AuditEnd("9:d", List.of(NEXT_FILE)));
        }
        assertThat(SqliteStore.auditEnd(dir)).isEqualTo(end);
    }

    @Test
    void anotherStart_dropsAlsoWhatStoodBehind_inAFileThatWasCutSince() throws Exception {
        try (RegistryStore store = open()) {
            commit(store, new AuditEnd("3:b", List.of(FIRST, SECOND)));
        }
        end = AuditEnd.NONE;
        try (RegistryStore store = open()) {
            commit(store, new AuditEnd("2:x", List.of(new Lines(1, 60, "{\"seq\":2}\n"))));
        }
        assertThat(SqliteStore.auditEnd(dir)).isEqualTo(end);
    }

    @Test
    void aCommitThatFails_keepsNothing_andTheNextOneAll() throws Exception {
        try (RegistryStore store = open()) {
            commit(store, new AuditEnd("2:a", List.of(FIRST)));
            sql("CREATE TRIGGER fails BEFORE INSERT ON audit_lines WHEN NEW.position = 110"
                    + " BEGIN SELECT RAISE(ABORT, 'no'); END");
            end = new AuditEnd("3:b", List.of(FIRST, SECOND));
            var changes = List.of(alpha.register(7, 7).take());
            assertThatThrownBy(() -> store.commit(changes)).isInstanceOf(IOException.class);
            assertThat(SqliteStore.auditEnd(dir)).isEqualTo(new AuditEnd("2:a", List.of(FIRST)));
            sql("DROP TRIGGER fails");
            store.commit(changes);
            assertThat(SqliteStore.auditEnd(dir)).isEqualTo(end);
        }
    }

    @Test
    void aBackupCopy_hasNone_andOfADamagedStoreNothingIsKnown() throws Exception {
        try (RegistryStore store = open()) {
            commit(store, new AuditEnd("2:a", List.of(FIRST)));
        }
        Path copies = Files.createDirectory(dir.resolve("copies"));
        Backup.copy(dir, copies.resolve(SqliteStore.FILE));
        assertThat(SqliteStore.auditEnd(copies)).isEqualTo(AuditEnd.NONE);
        assertThat(Files.readString(copies.resolve(SqliteStore.FILE), StandardCharsets.ISO_8859_1))
                .as("who did what is not in a copy")
                .doesNotContain(FIRST.text().strip());
        try (RegistryStore adopted = SqliteStore.open(copies, new SecureRandom())) {
            assertThat(adopted.load()).containsKey(alpha.name());
            assertThat(SqliteStore.auditEnd(copies)).isEqualTo(AuditEnd.NONE);
        }
        Files.write(dir.resolve(SqliteStore.FILE), "no database at all".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> SqliteStore.auditEnd(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(SqliteStore.FILE);
    }
}
