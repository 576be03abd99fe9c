package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import org.jspecify.annotations.Nullable;

/** The source of one namespace's token keys. Never blocks: it is called on the event loop. */
@FunctionalInterface
interface KeySource {
    /** @throws RefusedException KEYS_UNAVAILABLE if there are none */
    Keys keys();

    /** The keys in force; null: there are none yet, or no longer. */
    default @Nullable TokenKeys known() {
        try {
            return keys().keys();
        } catch (RefusedException unavailable) {
            return null; // calls are refused in the meantime
        }
    }

    /** Called for a token whose key is not among them: there may be newer keys. */
    default void unknownKey() {}

    /** @param goodForMillis how long they may be used without asking again */
    record Keys(TokenKeys keys, long goodForMillis) {
        /** Keys of a file are valid until it changes. */
        static Keys ofFile(TokenKeys keys) {
            return new Keys(keys, Long.MAX_VALUE);
        }
    }
}
