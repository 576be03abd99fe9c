package io.rollcall.server;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The gateway, over a store that holds up or fails commits while files say so, in the directory that the variable
 * names: {@code hold} (a commit that waits makes {@code held}) and {@code fail}.
 */
public final class FaultyGateway {
    public static final String FAULTS = "STORE_FAULTS";

    private FaultyGateway() {}

    public static void main(String[] arguments) {
        Path faults = Path.of(System.getenv(FAULTS));
        Main.run(arguments, config -> Gateway.start(config, store -> new FaultyStore(store, faults), List.of()));
    }

    private static final class FaultyStore implements RegistryStore {
        private final RegistryStore store;
        private final Path faults;

        FaultyStore(RegistryStore store, Path faults) {
            this.store = store;
            this.faults = faults;
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
            while (Files.exists(faults.resolve("hold"))) {
                Files.writeString(faults.resolve("held"), "");
                pause();
            }
            requireWorking();
            store.commit(batch);
        }

        private static void pause() throws IOException {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void probe() throws IOException {
            requireWorking();
            store.probe();
        }

        private void requireWorking() throws IOException {
            if (Files.exists(faults.resolve("fail"))) {
                throw new IOException("a fault of the test's");
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
