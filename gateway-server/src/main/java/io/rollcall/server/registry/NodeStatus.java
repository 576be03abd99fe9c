package io.rollcall.server.registry;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The status of a node's lease. */
public enum NodeStatus {
    /** Heard from lately. */
    ACTIVE,
    /** Silent for too long, but its lease still runs. */
    SUSPECTED,
    /** Its lease expired; still listed for a while. */
    FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Returns the word on the wire. */
    public String word() {
        return word;
    }

    public static Optional<NodeStatus> ofWord(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word.equals(word))
                .findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(NodeStatus::word).toList();
    }

    /** Returns whether the lease has not expired. */
    public boolean isLive() {
        return this != FAILED;
    }
}
