package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import org.jspecify.annotations.Nullable;

/** Where one namespace's token keys come from. Never blocks: it is asked on the event loop. */
@FunctionalInterface
interface KeySource {
    /** @throws RefusedException KEYS_UNAVAILABLE if they cannot be had */
    Keys keys();

    /** The keys that are in force, as far as they are known; null: there are none yet, or not any more. */
    default @Nullable TokenKeys known() {
        try {
            return keys().keys();
        } catch (RefusedException unavailable) {
            return null; // who calls in the meantime is told so
        }
    }

    /** Hears of a token whose key was not among them: perhaps there are newer ones. */
    default void unknownKey() {}

    /** @param goodForMillis how long they may be relied on without asking again */
    record Keys(TokenKeys keys, long goodForMillis) {
        /** Those of a file hold until it changes. */
        static Keys ofFile(TokenKeys keys) {
            return new Keys(keys, Long.MAX_VALUE);
        }
    }
}
