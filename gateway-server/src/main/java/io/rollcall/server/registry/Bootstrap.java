package io.rollcall.server.registry;

import io.rollcall.server.namespace.Session;
import org.jspecify.annotations.Nullable;

/**
 * The founding of the cluster, once per epoch.
 *
 * <pre>
 *   open ──first registration──▶ granted(1) ──leader reported, or another node told to join──▶ confirmed(1)
 *                                   │  ▲
 *                                   └──┘ epoch + 1: the holder registers again, or the next node after it was lost
 * </pre>
 *
 * @param epoch counts the grants, from 1
 * @param founder the session told to found the cluster of this epoch; none: nobody yet, or founded before this registry
 *     existed
 * @param confirmed final: no other node is told to found in this epoch (B4)
 */
public record Bootstrap(long epoch, @Nullable Session founder, boolean confirmed) {

    static Bootstrap open(long epoch) {
        return new Bootstrap(epoch, null, false);
    }

    /** Returns whether the next node that registers is told to found. */
    public boolean isOpen() {
        return founder == null && !confirmed;
    }

    /** Returns whether a node was told to found, or the cluster is known to be founded. */
    public boolean isInitiated() {
        return !isOpen();
    }

    Bootstrap grantedTo(Session session) {
        return new Bootstrap(founder == null ? epoch : Math.addExact(epoch, 1), session, false);
    }

    Bootstrap asConfirmed() {
        return new Bootstrap(epoch, founder, true);
    }

    /** Returns a bootstrap founded in {@code epochSaid}, before this registry's history began. */
    Bootstrap foundedBefore(long epochSaid) {
        return new Bootstrap(Math.max(epoch, epochSaid), null, true);
    }
}
