package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The trust policies in force. Each change gives a namespace another generation, which connections and tokens are held
 * against: who was let in under an earlier one is asked again, once.
 *
 * <pre>
 *   alpha → generation 7   alpha's connections: checked under 7, 7, 5 (asked again with its next call or sweep)
 *   beta  → generation 2   beta's connections:  checked under 2, 2
 * </pre>
 *
 * Threads: any reads, at the price of a look-up; changes are atomic, a namespace each.
 */
public final class TrustPolicies {
    private final Map<NamespaceName, TrustPolicy> inForce = new ConcurrentHashMap<>();
    private final AtomicLong generations = new AtomicLong();
    private volatile Runnable onChange = () -> {};
    private volatile Consumer<NamespaceName> onServed = namespace -> {};
    private volatile Consumer<NamespaceName> onDropped = namespace -> {};

    /**
     * Tells from now on which namespaces come and go, on the thread that does it.
     *
     * @param onServed told before the first member of a namespace is let in, and again whenever its policy changes; where
     *     it throws, nobody is let in
     * @param onDropped told after the last one
     */
    public void onServed(Consumer<NamespaceName> onServed, Consumer<NamespaceName> onDropped) {
        this.onServed = onServed;
        this.onDropped = onDropped;
    }

    /** @param listener told after each change, on the thread that made it; must return at once */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    @Nullable
    TrustPolicy find(NamespaceName namespace) {
        return inForce.get(namespace);
    }

    /** Takes the place of the one before, all at once. */
    void put(TrustPolicy loaded) {
        onServed.accept(loaded.namespace());
        inForce.put(loaded.namespace(), loaded.at(generations.incrementAndGet()));
        onChange.run();
    }

    /** What its token rules stand on has changed behind them. */
    void renew(NamespaceName namespace) {
        inForce.computeIfPresent(namespace, (name, policy) -> policy.at(generations.incrementAndGet()));
        onChange.run();
    }

    /** The namespace is served no more: it has no members. */
    void remove(NamespaceName namespace) {
        inForce.remove(namespace);
        onDropped.accept(namespace);
        onChange.run();
    }

    /** Whether a namespace has members. */
    public boolean serves(NamespaceName namespace) {
        return inForce.containsKey(namespace);
    }

    /** The namespaces that have members, in order. */
    public SortedSet<NamespaceName> served() {
        return new TreeSet<>(inForce.keySet());
    }

    /** The CAs of a namespace's bundle in force that had ended by {@code now}, and when, as text; in order. */
    List<String> endedAuthorities(NamespaceName namespace, Instant now) {
        TrustPolicy policy = inForce.get(namespace);
        return policy == null ? List.of() : policy.bundle().ended(now);
    }

    /** How many keys a namespace's tokens are checked by; 0: none, or they are not known. */
    public int usedKeys(NamespaceName namespace) {
        return keys(namespace).map(TokenKeys::count).orElse(0);
    }

    /** How many keys of a namespace's key set are not used; 0: none, or they are not known. */
    public int passedOverKeys(NamespaceName namespace) {
        return keys(namespace).map(keys -> keys.passedOver().count()).orElse(0);
    }

    private Optional<TokenKeys> keys(NamespaceName namespace) {
        return Optional.ofNullable(inForce.get(namespace))
                .map(policy -> policy.tokens().keys().known());
    }

    /** When the next revocation lists of a namespace were or are due; empty: no list in force says so. */
    Optional<Instant> revocationListDue(NamespaceName namespace) {
        return Optional.ofNullable(inForce.get(namespace))
                .flatMap(policy -> policy.withdrawn().nextDue());
    }
}
