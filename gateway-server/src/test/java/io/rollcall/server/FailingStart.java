package io.rollcall.server;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import java.util.List;

/** The gateway, but its start fails in the middle, when the store and the audit log are open. */
public final class FailingStart {
    /** See {@link How}. */
    public static final String HOW = "FAIL_START";

    /** What the registry's last listener throws. */
    public enum How {
        /** As where a jar is missing. */
        LINKAGE {
            @Override
            Error thrown() {
                return new NoClassDefFoundError("in/a/Test");
            }
        },
        /** No room on the heap. */
        HEAP {
            @Override
            Error thrown() {
                return new OutOfMemoryError("Java heap space");
            }
        },
        /** No more native threads. */
        THREADS {
            @Override
            Error thrown() {
                return new OutOfMemoryError("unable to create native thread: possibly out of memory");
            }
        };

        abstract Error thrown();
    }

    private FailingStart() {}

    public static void main(String[] arguments) {
        How how = How.valueOf(System.getenv(HOW));
        Main.run(
                arguments,
                config -> Gateway.start(config, Collaborators.real().last(new RegistryListener() {
                    @Override
                    public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {
                        throw how.thrown();
                    }

                    @Override
                    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {}
                })));
    }
}
