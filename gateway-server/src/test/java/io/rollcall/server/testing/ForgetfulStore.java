package io.rollcall.server.testing;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Remembers the batches, but nothing by the next start; and nothing at all while it is told to fail. */
public final class ForgetfulStore implements RegistryStore {
    private final List<List<NamespaceChanges>> batches = new CopyOnWriteArrayList<>();
    private volatile boolean fails;
    private volatile boolean dies;
    private volatile Held held = new Held(new CountDownLatch(0), new CountDownLatch(0));

    public void fail(boolean now) {
        fails = now;
    }

    /** The next commit ends as if there were no memory. */
    public void die() {
        dies = true;
    }

    /** The next commit does not return, one way or the other, until it is released. */
    public void holdNextCommit() {
        held = new Held(new CountDownLatch(1), new CountDownLatch(1));
    }

    public void awaitHeldCommit() {
        await(held.begun());
    }

    public void releaseHeldCommit() {
        held.released().countDown();
    }

    private record Held(CountDownLatch begun, CountDownLatch released) {}

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public List<List<NamespaceChanges>> batches() {
        return batches;
    }

    @Override
    public String registryId() {
        return "forgetful";
    }

    @Override
    public long branch() {
        return 7;
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
        held.begun().countDown();
        await(held.released());
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
