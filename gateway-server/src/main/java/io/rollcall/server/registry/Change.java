package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import java.util.Optional;

/** One log entry of a namespace's history: exactly one revision. Applying it to the state before gives the state after. */
public sealed interface Change {

    /** The namespace's revision once this has happened. */
    long revision();

    NamespaceState applyTo(NamespaceState before);

    /**
     * A node registered, or its status or details changed.
     *
     * @param ended how the session before ended, where this change ended one
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
     * A node is no longer on view.
     *
     * @param ended how its session ended, unless it had before
     */
    record NodeGone(long revision, NodeId node, Optional<SessionEnd> ended) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            NamespaceState after = before.without(node, revision);
            return ended.map(end -> after.with(after.endedSessions().plus(node, end)))
                    .orElse(after);
        }
    }

    /** Another leader, none any more, a newer term or a conflict. */
    record LeaderChanged(long revision, LeaderRegister leader) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            return before.with(leader, revision);
        }
    }

    /** The founding of the cluster was granted, passed on or confirmed. */
    record BootstrapChanged(long revision, Bootstrap bootstrap) implements Change {
        @Override
        public NamespaceState applyTo(NamespaceState before) {
            return before.with(bootstrap, revision);
        }
    }
}
