package io.rollcall.server;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.testing.ForwardingStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway, but it is gone in the middle of a commit, as if its machine were; the variable says where and which. */
public final class CrashingGateway {
    /** Such as {@code AFTER_WRITE:7}: at the seventh commit. */
    public static final String CRASH_AT = "CRASH_AT";

    public static final int EXIT_CODE = 86;

    private final Point point;
    private final AtomicInteger left;

    private CrashingGateway(Point point, int commit) {
        this.point = point;
        this.left = new AtomicInteger(commit);
    }

    /** Where in the life of a commit. */
    public enum Point {
        /** Nothing of it is written. */
        BEFORE_WRITE,
        /** It is durable, and nobody has seen it. */
        AFTER_WRITE,
        /** It is durable and visible, watchers may have been told, and the callers have not been answered. */
        BEFORE_REPLY
    }

    public static void main(String[] arguments) {
        String[] at = System.getenv(CRASH_AT).split(":");
        CrashingGateway crash = new CrashingGateway(Point.valueOf(at[0]), Integer.parseInt(at[1]));
        Main.run(
                arguments,
                config -> Gateway.start(
                        config,
                        Collaborators.real()
                                .around(store -> crash.new CrashingStore(store))
                                .last((namespace, after, entries) -> crash.passed(Point.BEFORE_REPLY))));
    }

    private void passed(Point here) {
        if (here == point && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    private final class CrashingStore extends ForwardingStore {
        CrashingStore(RegistryStore store) {
            super(store);
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            passed(Point.BEFORE_WRITE);
            super.commit(batch);
            passed(Point.AFTER_WRITE);
        }
    }
}
