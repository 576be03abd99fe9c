package io.rollcall.server.store;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.testing.RegistryStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends RegistryStoreContract {
    @TempDir
    private Path dir;

    @Override
    protected RegistryStore open() throws IOException {
        return SqliteStore.open(dir, new SecureRandom());
    }

    @Override
    protected boolean isDurable() {
        return true;
    }
}
