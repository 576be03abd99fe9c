package io.rollcall.server.registry;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Returns one object for equal values of many nodes: the nodes of a cluster have most words of their capabilities and
 * metadata in common, and often all.
 *
 * <p>Bounded: each value has one place, and the next value of that place takes it. Then equal values are objects of
 * their own, which costs only memory. A look-up is one read, for each registration makes some ten.
 *
 * @param <T> immutable; any thread may share
 */
final class SharedValues<T> {
    private final AtomicReferenceArray<T> places;

    /** @param most a power of two */
    SharedValues(int most) {
        this.places = new AtomicReferenceArray<>(most);
    }

    /** Returns the equal value that was shared last, if no other took its place since. */
    Optional<T> find(T value) {
        T known = places.get(place(value));
        return value.equals(known) ? Optional.of(known) : Optional.empty();
    }

    /** Returns the equal value that was shared last, or this one, which is shared from now on. */
    T share(T value) {
        return find(value).orElseGet(() -> {
            places.set(place(value), value);
            return value;
        });
    }

    private int place(T value) {
        int hash = value.hashCode();
        return (hash ^ (hash >>> 16)) & (places.length() - 1);
    }
}
