package io.rollcall.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * The store as earlier builds left it: dumps of databases that they made. Do not change one: whoever changes a format
 * adds a migration.
 */
public final class OlderStore {
    /** Of schema 1, with namespaces that no gateway under test serves: kept at revision 6, other at revision 1. */
    public static final String UNSERVED = "/store/schema-1.sql";

    /** The registry's id in {@link #UNSERVED}. */
    public static final String REGISTRY_ID = "809d04d2324a2ab8";

    private OlderStore() {}

    /** Writes the store of this dump, a resource, into a gateway's directory. */
    public static void write(String dumped, Path directory) throws IOException, SQLException {
        Files.createDirectories(directory);
        try (InputStream dump = OlderStore.class.getResourceAsStream(dumped);
                Connection connection = Sqlite.connect(DatabaseFile.in(directory));
                Statement statement = connection.createStatement()) {
            for (String sql : new String(Objects.requireNonNull(dump, dumped).readAllBytes(), StandardCharsets.UTF_8)
                    .split(";\n")) {
                statement.execute(sql);
            }
        }
    }
}
