package io.rollcall.server.store;

import io.rollcall.server.config.OwnerOnly;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a backup copy into this gateway's own store, with a new registry id, before anything is served from it.
 *
 * <pre>
 *   registry.db: the copy ──▶ registry.db.adopting: marked live, new id, flushed ──▶ renamed to registry.db
 * </pre>
 *
 * A crash leaves either the unchanged copy or a live store; this program never writes a log next to a copy. Earlier
 * builds adopted the copy within the log: if killed before the first checkpoint, they left a copy with a log that holds
 * acknowledged changes. Such a log is recognized by its effect on the copy, and merged into it.
 */
final class BackupAdoption {
    private static final Logger log = LoggerFactory.getLogger(BackupAdoption.class);

    private final DatabaseFile file;
    private final Schema schema;

    /** @param file {@link DatabaseFile#isCopy a copy}; not used by any other process */
    BackupAdoption(DatabaseFile file, Schema schema) {
        this.file = file;
        this.schema = schema;
    }

    /** The content of the file, with or without its log. */
    private record Content(int applicationId, String registryId, Map<NamespaceName, StoredNamespace> namespaces) {
        static Content read(Connection connection) throws SQLException, IOException {
            return new Content(
                    Sqlite.number(connection, "PRAGMA application_id"),
                    Sqlite.text(connection, "SELECT id FROM registry"),
                    new SqliteReader(connection).read());
        }

        /** Returns whether this is the adopted {@code copy}, followed only by later changes. */
        boolean continues(Content copy) {
            return applicationId == DatabaseFile.LIVE
                    && !registryId.equals(copy.registryId())
                    && copy.namespaces().entrySet().stream().allMatch(before -> {
                        StoredNamespace now = namespaces.get(before.getKey());
                        return now != null && continues(before.getValue(), now);
                    });
        }

        private static boolean continues(StoredNamespace before, StoredNamespace now) {
            long revision = before.state().revision();
            if (now.state().revision() <= revision) {
                return now.equals(before);
            }
            List<LogEntry> known = before.history();
            List<LogEntry> held = now.history().stream()
                    .filter(entry -> entry.revision() <= revision)
                    .toList();
            boolean overlaps = !held.isEmpty() || revision == 0;
            return overlaps
                    && held.size() <= known.size()
                    && held.equals(known.subList(known.size() - held.size(), known.size()));
        }
    }

    /**
     * @throws IOException if the copy is damaged, its log belongs to another database, or the disk has no room for a
     *     second copy; copy and log are unchanged then
     */
    void adopt(SecureRandom random) throws SQLException, IOException {
        Content copy = readCopy();
        if (file.hasLog()) {
            Content both = readWithLog();
            if (both.continues(copy)) {
                moveLogIntoCopy();
                return;
            }
            if (!both.equals(copy)) {
                throw foreignLog("its changes do not follow on the copy's", null);
            }
            setAside(file.log()); // it contains no complete change
        }
        setAside(file.rollbackJournal()); // a copy does not need it
        String id = RegistryIds.fresh(random);
        replaceByLive(id);
        log.info("{} was a backup's copy; it is registry {} from now on", file.path(), id);
    }

    private Content readCopy() throws SQLException, IOException {
        try (Connection connection = Sqlite.connectToLookWithoutLog(file)) {
            Sqlite.requireSound(file, connection);
            schema.requireKnown(connection);
            try {
                return Content.read(connection);
            } catch (IOException e) {
                throw file.damaged(String.valueOf(e.getMessage()), e);
            }
        }
    }

    private Content readWithLog() throws IOException {
        try (Connection connection = Sqlite.connectToLook(file)) {
            Sqlite.requireSound(file, connection);
            return Content.read(connection);
        } catch (SQLException | IOException e) {
            throw foreignLog("with it the copy cannot be read", e);
        }
    }

    /** Builds the error for a log that may hold the only trace of another database's last changes. */
    private IOException foreignLog(String how, @Nullable Exception cause) {
        return new IOException(
                file.path() + " is a backup's copy, but " + file.log().getFileName()
                        + " beside it is the log of another database (" + how
                        + "); nothing was changed. Move that log into a directory of its own, with the database that it"
                        + " belongs to if you have it, keep both, and start again",
                cause);
    }

    private void setAside(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        Path aside = file.resolveSibling(file.getFileName() + ".set-aside");
        for (int next = 2; Files.exists(aside); next++) {
            aside = file.resolveSibling(file.getFileName() + ".set-aside-" + next);
        }
        Files.move(file, aside);
        DurableFiles.forceNames(aside);
        log.warn("{} does not belong to the backup's copy beside it; it is {} now", file, aside.getFileName());
    }

    private void replaceByLive(String id) throws SQLException, IOException {
        DatabaseFile adopting =
                new DatabaseFile(file.path().resolveSibling(file.path().getFileName() + ".adopting"));
        try {
            Files.deleteIfExists(adopting.rollbackJournal());
            Files.deleteIfExists(adopting.path());
            OwnerOnly.createFile(adopting.path());
            try (OutputStream copy = Files.newOutputStream(adopting.path())) {
                Files.copy(file.path(), copy);
            }
            try (Connection connection = Sqlite.connectWithoutLog(adopting)) {
                Sqlite.inTransaction(connection, statement -> DatabaseFile.becomeLive(statement, id));
            }
            DurableFiles.force(adopting.path());
            DurableFiles.replace(adopting.path(), file.path());
        } catch (FileSystemException e) {
            throw new IOException(
                    file.path() + " is a backup's copy and cannot be copied once more to be adopted (" + e.getReason()
                            + "); make room for a second copy of it, and let the gateway's user write its directory",
                    e);
        } finally {
            Files.deleteIfExists(adopting.path());
        }
    }

    private void moveLogIntoCopy() throws SQLException, IOException {
        try (Connection connection = Sqlite.connect(file)) {
            if (Sqlite.number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
                throw new IOException(file.path() + " is in use; stop what else has opened it, and start again");
            }
        }
        log.warn("{} was a backup's copy, adopted in its log alone; the log is in it now", file.path());
    }
}
