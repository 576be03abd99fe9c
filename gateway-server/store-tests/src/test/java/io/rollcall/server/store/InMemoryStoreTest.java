package io.rollcall.server.store;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.testing.RegistryStoreContract;
import java.security.SecureRandom;

class InMemoryStoreTest extends RegistryStoreContract {
    @Override
    protected RegistryStore open() {
        return new InMemoryStore(new SecureRandom());
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
