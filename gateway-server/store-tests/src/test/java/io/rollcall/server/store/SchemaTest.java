package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from an older schema to today's. */
class SchemaTest {
    private static final List<String> FIRST = List.of("CREATE TABLE pet (name TEXT)", "INSERT INTO pet VALUES ('Rex')");
    private static final List<String> SECOND =
            List.of("ALTER TABLE pet ADD COLUMN age INTEGER", "UPDATE pet SET age = 7");
    private static final List<String> BROKEN = List.of("UPDATE pet SET age = 8", "no SQL at all");

    @TempDir
    private Path dir;

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("pets.db"));
    }

    private static void upgrade(Connection connection, List<List<String>> steps) throws SQLException, IOException {
        new Schema(steps).upgrade(connection);
    }

    private static String read(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getString(1);
        }
    }

    @Test
    void anOlderDatabase_isBroughtUpToDate_withWhatItHolds() throws Exception {
        try (Connection connection = connect()) {
            upgrade(connection, List.of(FIRST));
            upgrade(connection, List.of(FIRST, SECOND));
            assertThat(read(connection, "SELECT name || age FROM pet")).isEqualTo("Rex7");
            assertThat(read(connection, "PRAGMA user_version")).isEqualTo("2");
            upgrade(connection, List.of(FIRST, SECOND));
            assertThat(read(connection, "SELECT count(*) FROM pet")).isEqualTo("1");
        }
    }

    @Test
    void aStepThatFails_leavesTheDatabaseAsItWas() throws Exception {
        try (Connection connection = connect()) {
            assertThatThrownBy(() -> upgrade(connection, List.of(FIRST, SECOND, BROKEN)))
                    .isInstanceOf(SQLException.class);
            assertThat(read(connection, "SELECT age FROM pet")).isEqualTo("7");
            assertThat(read(connection, "PRAGMA user_version")).isEqualTo("2");
        }
    }

    @Test
    void aNewerDatabase_isRefused() throws Exception {
        try (Connection connection = connect()) {
            upgrade(connection, List.of(FIRST, SECOND));
            assertThatThrownBy(() -> upgrade(connection, List.of(FIRST)))
                    .hasMessageContaining("schema 2, this one knows up to 1");
        }
    }

    @Test
    void aStoreOfTheFirstSchema_isReadByEachLaterOne() throws Exception {
        Schema first = new Schema(Schema.STEPS.subList(0, 1));
        List<List<String>> steps = new ArrayList<>(Schema.STEPS);
        steps.add(List.of("CREATE TABLE later (a)"));
        try (Connection connection = Sqlite.connect(DatabaseFile.in(dir))) {
            first.upgrade(connection);
        }
        try (SqliteStore store = SqliteStore.open(dir, new SecureRandom(), new Schema(steps))) {
            assertThat(store.load()).isEmpty();
        }
        assertThatThrownBy(() -> SqliteStore.open(dir, new SecureRandom(), first))
                .hasMessageContaining("newer gateway");
    }
}
