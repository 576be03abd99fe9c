package io.rollcall.server.identity;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign one namespace's tokens. Immutable. Without any key, all tokens are refused: an empty set is a
 * withdrawal, and so is a set without usable keys.
 *
 * <pre>
 *   kid "a" → ES256          a token with kid a and ES256: one key
 *   kid "b" → RS256, PS256   a token with kid b and PS256: one key; RFC 7517 §4.5 lets keys share a kid
 *   ES256   → "a"            a token without kid, if permitted: all keys of its algorithm
 * </pre>
 *
 * @param byKid at most {@value #MOST_CANDIDATES} for each {@code kid}
 * @param byAlgorithm the same keys; at most one more than {@value #MOST_CANDIDATES} for each algorithm
 */
record TokenKeys(
        Map<String, List<TokenKey>> byKid, Map<JWSAlgorithm, List<TokenKey>> byAlgorithm, PassedOver passedOver) {
    /** The most signatures that are checked for one token: one of ES512 takes about a millisecond. */
    static final int MOST_CANDIDATES = 4;

    TokenKeys {
        byKid = Map.copyOf(byKid);
        byAlgorithm = Map.copyOf(byAlgorithm);
    }

    /** @param keys at most {@value #MOST_CANDIDATES} for each {@code kid} */
    static TokenKeys of(Collection<TokenKey> keys, PassedOver passedOver) {
        return new TokenKeys(
                grouped(keys, TokenKey::kid, Integer.MAX_VALUE),
                grouped(keys, TokenKey::algorithm, MOST_CANDIDATES + 1),
                passedOver);
    }

    private static <K> Map<K, List<TokenKey>> grouped(Collection<TokenKey> keys, Function<TokenKey, K> by, int most) {
        Map<K, List<TokenKey>> groups = new LinkedHashMap<>();
        for (TokenKey key : keys) {
            List<TokenKey> group = groups.computeIfAbsent(by.apply(key), any -> new ArrayList<>());
            if (group.size() < most) {
                group.add(key);
            }
        }
        groups.replaceAll((name, group) -> List.copyOf(group));
        return groups;
    }

    /** How many keys verify tokens. */
    int count() {
        return byKid.values().stream().mapToInt(List::size).sum();
    }

    /** Returns the keys with this {@code kid}; empty: none. */
    List<TokenKey> named(String kid) {
        return byKid.getOrDefault(kid, List.of());
    }

    /** Returns the keys for an algorithm; more than {@link #MOST_CANDIDATES} are too many to try. */
    List<TokenKey> forAlgorithm(JWSAlgorithm algorithm) {
        return byAlgorithm.getOrDefault(algorithm, List.of());
    }

    /** Why the key with this {@code kid} is not used; null: no such key was skipped, or too many were. */
    @Nullable
    String whyPassedOver(String kid) {
        return passedOver.first().stream()
                .filter(key -> key.kid().equals(kid) && !kid.isEmpty())
                .map(PassedOver.Key::why)
                .findFirst()
                .orElse(null);
    }

    /** Whether both verify the same tokens and skip the same keys, regardless of order. */
    boolean isSameAs(TokenKeys other) {
        return passedOver.equals(other.passedOver) && sorted().equals(other.sorted());
    }

    private List<String> sorted() {
        return byKid.values().stream()
                .flatMap(List::stream)
                .map(key -> key + " " + key.thumbprint())
                .sorted()
                .collect(Collectors.toList());
    }
}
