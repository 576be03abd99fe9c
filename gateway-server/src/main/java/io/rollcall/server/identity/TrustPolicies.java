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
 * The trust policies in force. Each change gives a namespace a new generation. Connections and tokens that were
 * accepted under an earlier one are validated again, once.
 *
 * <pre>
 *   alpha → generation 7   alpha's connections: checked under 7, 7, 5 (checked again at its next call or sweep)
 *   beta  → generation 2   beta's connections:  checked under 2, 2
 * </pre>
 *
 * Threads: any may read, at the cost of a look-up; changes are atomic for each namespace.
 */
public final class TrustPolicies {
    private final Map<NamespaceName, TrustPolicy> inForce = new ConcurrentHashMap<>();
    private final AtomicLong generations = new AtomicLong();
    private volatile Runnable onChange = () -> {};
    private volatile Consumer<NamespaceName> onServed = namespace -> {};
    private volatile Consumer<NamespaceName> onDropped = namespace -> {};

    /**
     * Sets the listeners for namespaces that are served or dropped, called on the thread that makes the change.
     *
     * @param onServed called before the first member of a namespace is accepted, and again whenever its policy changes;
     *     if it throws, no member is accepted
     * @param onDropped called after the last member was dropped
     */
    public void onServed(Consumer<NamespaceName> onServed, Consumer<NamespaceName> onDropped) {
        this.onServed = onServed;
        this.onDropped = onDropped;
    }

    /** @param listener called after each change, on the thread that made it; must return at once */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    @Nullable
    TrustPolicy find(NamespaceName namespace) {
        return inForce.get(namespace);
    }

    /** Replaces the previous policy atomically. */
    void put(TrustPolicy loaded) {
        onServed.accept(loaded.namespace());
        inForce.put(loaded.namespace(), loaded.at(generations.incrementAndGet()));
        onChange.run();
    }

    /** Starts a new generation because the keys behind the token rules have changed. */
    void renew(NamespaceName namespace) {
        inForce.computeIfPresent(namespace, (name, policy) -> policy.at(generations.incrementAndGet()));
        onChange.run();
    }

    /** Stops serving a namespace: it has no members any more. */
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

    /** The CAs of a namespace's bundle in force that had expired by {@code now}, and when, as text; in order. */
    List<String> endedAuthorities(NamespaceName namespace, Instant now) {
        TrustPolicy policy = inForce.get(namespace);
        return policy == null ? List.of() : policy.bundle().ended(now);
    }

    /** How many keys verify a namespace's tokens; 0: none, or they are not known. */
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

    /** When the next revocation list of a namespace was or is due; empty: no list in force says. */
    Optional<Instant> revocationListDue(NamespaceName namespace) {
        return Optional.ofNullable(inForce.get(namespace))
                .flatMap(policy -> policy.withdrawn().nextDue());
    }
}
