package io.rollcall.server.testing;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers the batches, but nothing by the next start; and nothing at all while it is told to fail. */
public final class ForgetfulStore implements RegistryStore {
    private final List<List<NamespaceChanges>> batches = new CopyOnWriteArrayList<>();
    private volatile boolean fails;
    private volatile boolean dies;

    public void fail(boolean now) {
        fails = now;
    }

    /** The next commit ends as if there were no memory. */
    public void die() {
        dies = true;
    }

    public List<List<NamespaceChanges>> batches() {
        return batches;
    }

    @Override
    public String registryId() {
        return "forgetful";
    }

    @Override
    public Map<NamespaceName, StoredNamespace> load() {
        return Map.of();
    }

    @Override
    public void commit(List<NamespaceChanges> batch) throws IOException {
        if (dies) {
            dies = false;
            throw new StackOverflowError("in a test");
        }
        probe();
        batches.add(batch);
    }

    @Override
    public void probe() throws IOException {
        if (fails) {
            throw new IOException("no room");
        }
    }

    @Override
    public void close() {}
}
