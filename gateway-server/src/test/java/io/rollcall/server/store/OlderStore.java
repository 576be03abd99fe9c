package io.rollcall.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The store as earlier builds left it: each {@code schema-N.sql} is the dump of a database that a build of that version
 * made. It holds {@code kept} at revision 6 and {@code other} at revision 1.
 */
public final class OlderStore {
    /** Its registry's id. */
    public static final String REGISTRY_ID = "809d04d2324a2ab8";

    private OlderStore() {}

    /** Writes a store of schema 1 into a gateway's directory. */
    public static void write(Path directory) throws IOException, SQLException {
        Files.createDirectories(directory);
        try (InputStream dump = OlderStore.class.getResourceAsStream("/store/schema-1.sql");
                Connection connection = Sqlite.connect(DatabaseFile.in(directory));
                Statement statement = connection.createStatement()) {
            for (String sql : new String(dump.readAllBytes(), StandardCharsets.UTF_8).split(";\n")) {
                statement.execute(sql);
            }
        }
    }
}
