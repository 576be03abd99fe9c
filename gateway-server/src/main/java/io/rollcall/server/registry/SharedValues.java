package io.rollcall.server.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Returns one object for equal values of many nodes: the nodes of a cluster have most words of their capabilities and
 * metadata in common, and often all.
 *
 * <p>Bounded: forgets those that come up seldom. Then equal values are objects of their own, which costs only memory.
 *
 * @param <T> immutable; any thread may share
 */
final class SharedValues<T> {
    private final Cache<T, T> known;

    SharedValues(int most) {
        this.known =
                Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    }

    /** Returns an equal value that came up before, if it is still known; else this one. */
    T share(T value) {
        return known.get(value, itself -> itself);
    }
}
