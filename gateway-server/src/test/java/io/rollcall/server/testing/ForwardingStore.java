package io.rollcall.server.testing;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A store that hands everything on to another. A test overrides what is to go wrong. */
public class ForwardingStore implements RegistryStore {
    private final RegistryStore store;

    public ForwardingStore(RegistryStore store) {
        this.store = store;
    }

    @Override
    public String registryId() {
        return store.registryId();
    }

    @Override
    public long branch() {
        return store.branch();
    }

    @Override
    public Map<NamespaceName, StoredNamespace> load() throws IOException {
        return store.load();
    }

    @Override
    public void commit(List<NamespaceChanges> batch) throws IOException {
        store.commit(batch);
    }

    @Override
    public void probe() throws IOException {
        store.probe();
    }

    @Override
    public void close() {
        store.close();
    }
}
