package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Keeps nothing beyond the process: each start is a new registry with a new id. */
public final class InMemoryStore implements RegistryStore {
    private static final int ID_BYTES = 8;

    private final String registryId;

    public InMemoryStore(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        registryId = HexFormat.of().formatHex(id);
    }

    @Override
    public String registryId() {
        return registryId;
    }

    @Override
    public Map<NamespaceName, NamespaceState> load() {
        return Map.of();
    }

    @Override
    public void commit(List<NamespaceChanges> batch) {
        // The registry's own snapshot is all there is.
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
