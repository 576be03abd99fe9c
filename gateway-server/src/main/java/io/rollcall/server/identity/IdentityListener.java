package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import java.util.List;

/**
 * Is notified of each connection that is accepted, refused or ended, of each token when it is first accepted on one,
 * and of token keys that were fetched. Called on event loops, too: must not wait and must not throw.
 */
public interface IdentityListener {
    /** Does nothing. */
    IdentityListener NOBODY = new IdentityListener() {
        @Override
        public void connected(CallIdentity identity) {}

        @Override
        public void tokenAccepted(CallIdentity identity) {}

        @Override
        public void cutOff(CallIdentity identity, RefusedException why) {}

        @Override
        public void keysFetched(NamespaceName namespace) {}

        @Override
        public void keysPassedOver(NamespaceName namespace, int used, int passedOver, List<String> why) {}

        @Override
        public void crowdedOut(String address) {}

        @Override
        public void handshakeFailed(HandshakeFailure failure) {}
    };

    /** A connection's handshake is over, and its certificate accepted. */
    void connected(CallIdentity identity);

    /** A token was accepted on a connection where the call before had none, or another. */
    void tokenAccepted(CallIdentity identity);

    /**
     * A connection was ended, because its certificate, token or namespace is no longer valid, or because its namespace
     * has too many connections.
     */
    void cutOff(CallIdentity identity, RefusedException why);

    /** Changed token keys were fetched for a namespace, and are in force. */
    void keysFetched(NamespaceName namespace);

    /**
     * A key set is in force, some of whose keys are not used. Called once for the same keys.
     *
     * @param used number of keys that are used
     * @param passedOver number of keys that are not
     * @param why a line for each of the first that are not; quotes no key material
     */
    void keysPassedOver(NamespaceName namespace, int used, int passedOver, List<String> why);

    /** A socket was closed before its handshake, because too many connections are open. */
    void crowdedOut(String address);

    /** A handshake failed. Called once for each. */
    void handshakeFailed(HandshakeFailure failure);
}
