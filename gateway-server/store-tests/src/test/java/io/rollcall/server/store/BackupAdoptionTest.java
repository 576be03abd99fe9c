package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.store.testing.ScriptedNamespace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * D1: a backup's copy becomes a store before it is served, whatever lies beside it. A process that is killed leaves its
 * files as they are at that instant: so a copy of an open store's files is what a kill leaves.
 *
 * <p>The fault this began with: the copy was adopted within the log. Who was killed before the log's first checkpoint
 * left "a backup's copy, but the log of another database", and following that advice threw acknowledged changes away.
 *
 * <p>Shown to find: that fault; any log, or any with another history or the same id, taken for the copy's; an earlier
 * build's log set aside; a look through a usual connection.
 */
class BackupAdoptionTest {
    private static final String WAL = SqliteStore.FILE + "-wal";

    @TempDir
    private Path dir;

    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");

    private static RegistryStore open(Path directory) throws IOException {
        return SqliteStore.open(directory, new SecureRandom());
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(dir.resolve(name));
    }

    /** Of a store with some history. */
    private Path backup() throws IOException {
        try (RegistryStore store = open(directory("original"))) {
            store.commit(
                    List.of(alpha.register(1, 11).register(2, 21).lead(1, 7).take()));
        }
        return backup("original", "copy.db");
    }

    private Path backup(String of, String name) throws IOException {
        Path copy = dir.resolve(name);
        Backup.copy(dir.resolve(of), copy);
        return copy;
    }

    private Path restored(Path copy, String name) throws IOException {
        Path directory = directory(name);
        Files.copy(copy, directory.resolve(SqliteStore.FILE));
        return directory;
    }

    /** The files as a kill at this instant leaves them. */
    private Path killed(Path directory, String name) throws IOException {
        Path left = directory(name);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.copy(file, left.resolve(file.getFileName()));
            }
        }
        return left;
    }

    private static Map<String, byte[]> photograph(Path directory) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, SqliteStore.FILE + "{,-wal,-journal}")) {
            for (Path file : files) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private void holds(Path directory, String id, NamespaceState state) throws IOException {
        try (RegistryStore store = open(directory)) {
            assertThat(store.registryId()).isEqualTo(id);
            assertThat(store.load().get(alpha.name()).state()).isEqualTo(state);
        }
    }

    @Test
    void d1_aRestoredStore_thatIsKilledAfterItsFirstCommit_hasIt() throws Exception {
        Path directory = restored(backup(), "restored");
        Path left;
        String id;
        try (RegistryStore store = open(directory)) {
            id = store.registryId();
            holds(killed(directory, "killed at once"), id, alpha.state());
            store.commit(List.of(alpha.register(3, 31).lead(3, 8).take()));
            left = killed(directory, "killed");
        }
        holds(left, id, alpha.state());
        holds(left, id, alpha.state());
        assertThat(left.resolve(SqliteStore.FILE + ".adopting")).doesNotExist();
    }

    /** As earlier builds left it: marked live in the log alone, and so the acknowledged changes. */
    private Path adoptedInItsLog(Path copy, String id, NamespaceChanges changes) throws IOException, SQLException {
        Path directory = restored(copy, "adopted in its log");
        try (Connection connection = Sqlite.connect(DatabaseFile.in(directory))) {
            Sqlite.inTransaction(connection, statement -> DatabaseFile.becomeLive(statement, id));
            try (SqliteSession session = new SqliteSession(connection)) {
                session.commit(List.of(changes), AuditEnd.NONE);
                return killed(directory, "left by an earlier build");
            }
        }
    }

    @Test
    void d1_aCopyThatAnEarlierBuildAdoptedInItsLog_keepsItsIdAndChanges() throws Exception {
        Path copy = backup();
        Path left =
                adoptedInItsLog(copy, "00000000000000aa", alpha.register(3, 31).take());
        holds(left, "00000000000000aa", alpha.state());
        assertThat(DatabaseFile.in(left).isCopy())
                .as("the log is in the database")
                .isFalse();
        holds(left, "00000000000000aa", alpha.state());
    }

    /** All of the other database's pages are in its log, so that by themselves they are sound. */
    @Test
    void d1_anotherDatabasesLog_isNotTakenForTheCopys_andStaysAsItIs() throws Exception {
        Path copy = backup();
        Path original = dir.resolve("original");
        try (RegistryStore store = open(original)) {
            store.commit(List.of(alpha.register(3, 31).take()));
            refusesTheLog(killed(original, "the copy's original"), copy);
        }
        Path other = directory("other");
        try (RegistryStore store = open(other)) {
            ScriptedNamespace another = new ScriptedNamespace("alpha");
            store.commit(List.of(another.changeAtRandom(new Random(2), 40).take()));
            refusesTheLog(killed(other, "another registry"), copy);
        }
    }

    /** Its whole content stands in the log, follows on the copy's, and is not the copy's all the same. */
    @Test
    void d1_theLogOfTheDatabaseThatWasCopied_isNotTakenForTheCopys() throws Exception {
        Path original = directory("never checkpointed");
        try (RegistryStore store = open(original)) {
            store.commit(List.of(alpha.register(1, 11).take()));
            Path copy = backup("never checkpointed", "copy.db");
            store.commit(List.of(alpha.register(2, 21).take()));
            refusesTheLog(killed(original, "killed"), copy);
        }
    }

    private static void refusesTheLog(Path directory, Path copy) throws IOException {
        Files.delete(directory.resolve(SqliteStore.FILE));
        Files.copy(copy, directory.resolve(SqliteStore.FILE));
        Map<String, byte[]> before = photograph(directory);
        assertThatThrownBy(() -> open(directory))
                .hasMessageContainingAll(
                        "is a backup's copy", WAL, "Move that log into a directory of its own", "keep");
        assertThat(photograph(directory))
                .as("nothing was changed")
                .usingRecursiveComparison()
                .isEqualTo(before);
    }

    @Test
    void aLogWithoutAWholeChange_andARollbackJournal_areSetAside_notDeleted() throws Exception {
        Path directory = restored(backup(), "restored");
        Files.write(directory.resolve(WAL), new byte[40]);
        Files.write(directory.resolve(SqliteStore.FILE + "-journal"), new byte[600]);
        String id;
        try (RegistryStore store = open(directory)) {
            id = store.registryId();
        }
        holds(directory, id, alpha.state());
        assertThat(directory.resolve(WAL + ".set-aside")).hasBinaryContent(new byte[40]);
        assertThat(directory.resolve(SqliteStore.FILE + "-journal.set-aside")).hasBinaryContent(new byte[600]);
    }

    @Test
    void whatAnInterruptedAdoptionLeft_isNoHindrance() throws Exception {
        Path directory = restored(backup(), "restored");
        Files.writeString(directory.resolve(SqliteStore.FILE + ".adopting"), "half a copy");
        Files.writeString(directory.resolve(SqliteStore.FILE + ".adopting-journal"), "half a journal");
        try (RegistryStore store = open(directory)) {
            assertThat(store.load().get(alpha.name()).state()).isEqualTo(alpha.state());
        }
        assertThat(directory.resolve(SqliteStore.FILE + ".adopting")).doesNotExist();
        assertThat(directory.resolve(SqliteStore.FILE + ".adopting-journal")).doesNotExist();
    }

    @Test
    void aDamagedCopy_isRefused_asItIs() throws Exception {
        Path directory = restored(backup(), "restored");
        try (Connection connection = Sqlite.connectWithoutLog(DatabaseFile.in(directory));
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM step WHERE revision = 3");
        }
        Map<String, byte[]> before = photograph(directory);
        assertThatThrownBy(() -> open(directory)).hasMessageContainingAll("is damaged", "nothing was changed", "keep");
        assertThat(photograph(directory)).usingRecursiveComparison().isEqualTo(before);
    }

    /** D3: closing a usual connection would move the pages of a foreign log into the database, and delete the log. */
    @Test
    void d3_aDatabaseBesideAnotherOnesLog_isRefused_andBothStayAsTheyAre() throws Exception {
        Path first = directory("first");
        Path left;
        try (RegistryStore store = open(first)) {
            store.commit(List.of(alpha.changeAtRandom(new Random(1), 60).take()));
            left = killed(first, "left");
        }
        Path other = directory("other");
        try (RegistryStore store = open(other)) {
            store.commit(List.of(new ScriptedNamespace("alpha")
                    .changeAtRandom(new Random(9), 50)
                    .take()));
        }
        try (RegistryStore store = open(other)) {
            store.commit(List.of(new ScriptedNamespace("beta").register(1, 1).take()));
            Files.copy(other.resolve(WAL), left.resolve(WAL), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(
                    first.resolve(SqliteStore.FILE),
                    left.resolve(SqliteStore.FILE),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Map<String, byte[]> before = photograph(left);
        assertThatThrownBy(() -> open(left)).hasMessageContainingAll("is damaged", "together with " + WAL, "keep both");
        assertThat(photograph(left)).usingRecursiveComparison().isEqualTo(before);
    }
}
