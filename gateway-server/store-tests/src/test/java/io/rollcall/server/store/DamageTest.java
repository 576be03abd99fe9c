package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import io.rollcall.server.store.testing.ScriptedNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * D3: what is damaged, foreign or too new is refused with a sentence that says what to do, and left as it is.
 *
 * <p>Planted bugs: no checksums (20 of 400 flipped bits changed a node or a leader unnoticed); no count of rows; gaps
 * in the history not looked for.
 */
class DamageTest {
    private static final int FLIPS = 400;

    @TempDir
    private Path dir;

    private final ScriptedNamespace alpha = new ScriptedNamespace("alpha");
    private long branch;

    private Path database() {
        return dir.resolve(SqliteStore.FILE);
    }

    private Map<?, StoredNamespace> openAndLoad() throws IOException {
        try (RegistryStore store = SqliteStore.open(dir, new SecureRandom())) {
            return store.load();
        }
    }

    private void fill() throws IOException {
        try (RegistryStore store = SqliteStore.open(dir, new SecureRandom())) {
            branch = store.branch();
            store.commit(List.of(
                    alpha.startAs(branch).changeAtRandom(new Random(1), 300).take()));
        }
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement it = connection.createStatement()) {
            it.executeUpdate(statement);
        }
    }

    private void refused(String... said) {
        assertThatThrownBy(this::openAndLoad)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(said)
                .hasMessageContaining(database().toString());
    }

    @Test
    void d3_aTruncatedFile_isRefused() throws Exception {
        fill();
        byte[] whole = Files.readAllBytes(database());
        Random random = new Random(2);
        for (int i = 0; i < 20; i++) {
            int length = 1 + random.nextInt(whole.length - 1);
            Files.write(database(), java.util.Arrays.copyOf(whole, length));
            refused("damaged", "restore a backup");
            assertThat(Files.size(database())).as("left as it was").isEqualTo(length);
        }
    }

    @Test
    void d3_aFlippedByte_isRefused_orChangesNothing() throws Exception {
        fill();
        byte[] whole = Files.readAllBytes(database());
        Random random = new Random(3);
        List<String> unnoticed = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] flipped = whole.clone();
            int at = random.nextInt(flipped.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(database(), flipped);
            try {
                if (!openAndLoad().get(alpha.name()).state().startedAs(branch).equals(alpha.state())) {
                    unnoticed.add("byte " + at);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining(database().toString());
                refused++;
            }
        }
        assertThat(unnoticed).isEmpty();
        assertThat(refused).as("most bytes are in use").isGreaterThan(FLIPS / 2);
    }

    @Test
    void d3_aLostRow_isRefused() throws Exception {
        fill();
        byte[] whole = Files.readAllBytes(database());
        for (String table : List.of("node", "ended")) {
            sql("DELETE FROM " + table + " WHERE id = (SELECT max(id) FROM " + table + ")");
            refused("damaged", "alpha has not as many");
            Files.write(database(), whole);
        }
        sql("DELETE FROM branch");
        refused("damaged", "alpha has not as many branches");
        Files.write(database(), whole);
        sql("DELETE FROM step WHERE revision = 290");
        refused("damaged", "alpha has a row out of place: step 291");
    }

    @Test
    void d3_anotherPrograms_database_isRefused() throws Exception {
        sql("CREATE TABLE mine (a)");
        sql("PRAGMA application_id = 7");
        refused("another program's");
    }

    @Test
    void d3_whatIsNoDatabase_isRefused() throws Exception {
        Files.writeString(
                database(), "not a database, but a text that is longer than the header of one: " + "x".repeat(99));
        refused("damaged", "does not begin like a database");
    }

    @Test
    void d3_aNewerSchema_isRefused() throws Exception {
        fill();
        sql("PRAGMA user_version = 99");
        assertThatThrownBy(this::openAndLoad)
                .hasMessageContainingAll("newer gateway", "schema 99", "start that version");
    }

    @Test
    void d3_aLogWithoutItsDatabase_isRefused() throws Exception {
        Files.write(dir.resolve(SqliteStore.FILE + "-wal"), new byte[40]);
        refused("missing or empty", "registry.db-wal");
    }

    @Test
    void aDatabaseThatIsReplacedWhileItIsOpen_takesNoMoreChanges() throws Exception {
        fill();
        try (RegistryStore store = SqliteStore.open(dir, new SecureRandom())) {
            Path copy = Files.copy(database(), dir.resolve("copy"));
            Files.move(copy, database(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> store.commit(List.of(alpha.register(1, 1).take())))
                    .hasMessageContaining("was moved, deleted or replaced");
            assertThatThrownBy(store::probe).hasMessageContaining("was moved, deleted or replaced");
        }
    }
}
