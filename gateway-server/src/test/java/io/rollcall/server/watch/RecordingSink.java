package io.rollcall.server.watch;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told, in words; takes so many messages before it is ready no more. Small messages. */
final class RecordingSink implements WatchSink {
    private static final int NODES_TO_A_PART = 3;
    private static final int CHANGES_TO_A_MESSAGE = 4;

    final List<String> words = new ArrayList<>();
    /** The revisions of the changes that came. */
    final List<Long> revisions = new ArrayList<>();

    final List<Long> epochs = new ArrayList<>();
    int room = Integer.MAX_VALUE;

    @Nullable
    Error failure;

    /** Its call is over already, and takes no end. */
    boolean isClosed;

    @Override
    public boolean isReady() {
        return room > 0;
    }

    private void take(String word, long epoch) {
        if (failure != null) {
            throw failure;
        }
        if (room-- <= 0) {
            throw new AssertionError("sent though not ready: " + word);
        }
        words.add(word);
        epochs.add(epoch);
    }

    @Override
    public void resync(String reason, NamespaceState next) {
        take("resync at " + next.revision() + ": " + reason, next.bootstrap().epoch());
    }

    @Override
    public OptionalInt snapshot(NamespaceState of, int after) {
        List<Integer> rest = new ArrayList<>();
        of.nodes().after(after).forEach(node -> rest.add(node.id().value()));
        List<Integer> sent = rest.subList(0, Math.min(rest.size(), NODES_TO_A_PART));
        boolean isComplete = sent.size() == rest.size();
        take(
                "snapshot at " + of.revision() + ": " + sent.size() + " nodes, " + (isComplete ? "complete" : "part"),
                of.bootstrap().epoch());
        return isComplete ? OptionalInt.empty() : OptionalInt.of(sent.get(sent.size() - 1));
    }

    @Override
    public LogEntry changes(List<LogEntry> entries) {
        List<LogEntry> sent = entries.subList(0, Math.min(entries.size(), CHANGES_TO_A_MESSAGE));
        LogEntry last = sent.get(sent.size() - 1);
        sent.forEach(entry -> revisions.add(entry.revision()));
        take("changes to " + last.revision(), last.epoch());
        return last;
    }

    @Override
    public void progress(NamespaceState now) {
        take("progress to " + now.revision(), now.bootstrap().epoch());
    }

    @Override
    public void refuse(RefusedException why) {
        if (isClosed) {
            throw new IllegalStateException("call already closed");
        }
        words.add("refused " + why.refusal());
    }
}
