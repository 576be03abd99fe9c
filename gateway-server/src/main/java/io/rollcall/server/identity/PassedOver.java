package io.rollcall.server.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The keys of a set that are not used, and why (RFC 7517 §5: a key that is not understood is ignored).
 *
 * @param count the number of these keys
 * @param worst the worst cause among them; {@link Cause#OTHER_USE} if there are none
 * @param first the first {@value #MOST_TOLD} of them, ordered by their {@code kid}
 */
record PassedOver(int count, Cause worst, List<Key> first) {
    static final int MOST_TOLD = 32;
    static final PassedOver NONE = new PassedOver(0, Cause.OTHER_USE, List.of());

    PassedOver {
        first = List.copyOf(first);
    }

    /** Why a key is not used, the worst last. */
    enum Cause {
        /** It is published for another use than tokens, such as encryption. */
        OTHER_USE,
        /** It may be meant for tokens, but tokens cannot be verified with it here. */
        UNUSABLE,
        /** It is a secret key, which must not be published. */
        SECRET
    }

    /**
     * One such key.
     *
     * @param kid empty: it has none
     * @param why what was found and what was expected; quotes no key material
     */
    record Key(String kid, Cause cause, String why) {
        String told() {
            return (kid.isEmpty() ? "a key without kid" : "key " + Quoted.of(kid)) + ": " + why;
        }
    }

    static PassedOver of(List<Key> keys) {
        return new PassedOver(
                keys.size(),
                keys.stream().map(Key::cause).max(Comparator.naturalOrder()).orElse(Cause.OTHER_USE),
                keys.stream()
                        .sorted(Comparator.comparing(Key::kid).thenComparing(Key::why))
                        .limit(MOST_TOLD)
                        .toList());
    }

    /** Returns a line for each of the first keys, and one for the rest. */
    List<String> told() {
        List<String> lines = new ArrayList<>(first.stream().map(Key::told).toList());
        if (count > first.size()) {
            lines.add((count - first.size()) + " more");
        }
        return lines;
    }

    @Override
    public String toString() {
        return told().stream().collect(Collectors.joining("; "));
    }
}
