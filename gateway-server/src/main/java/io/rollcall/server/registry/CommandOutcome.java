package io.rollcall.server.registry;

import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.namespace.NamespaceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome of one command, for the audit log.
 *
 * @param identity the caller
 * @param name the command's name ({@link Command#name})
 * @param asked its parameters ({@link Command#asked})
 * @param entries its changes, in the order of revisions; may be empty
 * @param objection why the reply is negative; empty: the command succeeded
 * @param isAddedUp whether it is aggregated with others of its kind ({@link Command#isAddedUp})
 */
public record CommandOutcome(
        NamespaceName namespace,
        CallIdentity identity,
        String name,
        Map<String, Object> asked,
        List<LogEntry> entries,
        Optional<String> objection,
        boolean isAddedUp) {
    public CommandOutcome {
        entries = List.copyOf(entries);
    }
}
