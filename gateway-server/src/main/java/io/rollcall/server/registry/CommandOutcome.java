package io.rollcall.server.registry;

import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.namespace.NamespaceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one command, for the record.
 *
 * @param identity who asked
 * @param name what was asked ({@link Command#name})
 * @param asked in particular ({@link Command#asked})
 * @param entries what it changes, in the order of revisions; empty: nothing
 * @param objection why the asker is told no; empty: it was done as asked
 * @param isAddedUp whether it is told together with others of its kind ({@link Command#isAddedUp})
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
