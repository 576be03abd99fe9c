package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import java.util.Optional;

/** One change of a namespace: exactly one revision. Applying it to the previous state gives the next state. */
public sealed interface Change {

    /** Returns the namespace's revision after this change. */
    long revision();

    NamespaceState applyTo(NamespaceState before);

    /**
     * A node registered, or its status or details changed.
     *
     * @param ended how the previous session ended, if this change ended one
     */
    record NodeChanged(Node node, Optional<SessionEnd> ended) implements Change {
        @Override
        public long revision() {
            return node.revision();
        }

        @Override
        public NamespaceState applyTo(NamespaceState before) {
            NamespaceState after = before.with(node);
            return ended.map(end -> after.with(after.endedSessions().plus(node.id(), end)))
                    .orElse(after);
        }
    }

    /**
     * A node is no longer listed.
     *
     * @param ended how its session ended, unless it had already ended
     */
    record NodeGone(long revision, NodeId node, Optional<SessionEnd> ended) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            NamespaceState after = before.without(node, revision);
            return ended.map(end -> after.with(after.endedSessions().plus(node, end)))
                    .orElse(after);
        }
    }

    /** A new leader, the loss of the leader, a newer term or a conflict. */
    record LeaderChanged(long revision, LeaderRegister leader) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            return before.with(leader, revision);
        }
    }

    /** The founding of the cluster was granted, transferred or confirmed. */
    record BootstrapChanged(long revision, Bootstrap bootstrap) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            return before.with(bootstrap, revision);
        }
    }
}
