package io.rollcall.server.identity;

/** Where one namespace's token keys come from. Never blocks: it is asked on the event loop. */
@FunctionalInterface
interface KeySource {
    /** @throws io.rollcall.server.failure.RefusedException KEYS_UNAVAILABLE if they cannot be had */
    Keys keys();

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
