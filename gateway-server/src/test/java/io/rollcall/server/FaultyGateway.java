package io.rollcall.server;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.testing.ForwardingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The gateway, over a store that holds up or fails commits while files say so, in the directory that the variable
 * names: {@code hold} (a commit that waits makes {@code held}) and {@code fail}.
 */
public final class FaultyGateway {
    public static final String FAULTS = "STORE_FAULTS";

    private FaultyGateway() {}

    public static void main(String[] arguments) {
        Path faults = Path.of(System.getenv(FAULTS));
        Main.run(
                arguments,
                config -> Gateway.start(config, Collaborators.real().around(store -> new FaultyStore(store, faults))));
    }

    private static final class FaultyStore extends ForwardingStore {
        private final Path faults;

        FaultyStore(RegistryStore store, Path faults) {
            super(store);
            this.faults = faults;
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            while (Files.exists(faults.resolve("hold"))) {
                Files.writeString(faults.resolve("held"), "");
                pause();
            }
            requireWorking();
            super.commit(batch);
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
            super.probe();
        }

        private void requireWorking() throws IOException {
            if (Files.exists(faults.resolve("fail"))) {
                throw new IOException("a fault of the test's");
            }
        }
    }
}
