package io.rollcall.server.registry;

import io.rollcall.server.namespace.Session;
import org.jspecify.annotations.Nullable;

/**
 * Who founds the cluster, once per epoch.
 *
 * <pre>
 *   open ──first registration──▶ granted(1) ──leader reported, or another node told to join──▶ confirmed(1)
 *                                   │  ▲
 *                                   └──┘ epoch + 1: the holder registers anew, or the next node after it was lost
 * </pre>
 *
 * @param epoch counts the grants, from 1
 * @param founder who was told to found the cluster of this epoch; none: nobody yet, or it was founded before this
 *     registry knew of it
 * @param confirmed for good: nobody else is told in this epoch (B4)
 */
public record Bootstrap(long epoch, @Nullable Session founder, boolean confirmed) {

    static Bootstrap open(long epoch) {
        return new Bootstrap(epoch, null, false);
    }

    /** Whether the next node that registers is told to found. */
    public boolean isOpen() {
        return founder == null && !confirmed;
    }

    /** Whether somebody was told to found, or is known to have. */
    public boolean isInitiated() {
        return !isOpen();
    }

    Bootstrap grantedTo(Session session) {
        return new Bootstrap(founder == null ? epoch : Math.addExact(epoch, 1), session, false);
    }

    Bootstrap asConfirmed() {
        return new Bootstrap(epoch, founder, true);
    }

    /** Founded in {@code epochSaid}, before this registry's memory began. */
    Bootstrap foundedBefore(long epochSaid) {
        return new Bootstrap(Math.max(epoch, epochSaid), null, true);
    }
}
