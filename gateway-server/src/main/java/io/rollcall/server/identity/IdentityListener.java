package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;

/**
 * Told of each connection that is accepted, refused or ended, of each token when it is first accepted on one, and of token
 * keys that were fetched. Called on event loops too: must not wait, and must not throw.
 */
public interface IdentityListener {
    /** Hears nothing. */
    IdentityListener NOBODY = new IdentityListener() {
        @Override
        public void connected(Origin origin) {}

        @Override
        public void tokenAccepted(Origin origin) {}

        @Override
        public void cutOff(Origin origin, RefusedException why) {}

        @Override
        public void keysFetched(NamespaceName namespace) {}

        @Override
        public void crowdedOut(String address) {}

        @Override
        public void handshakeFailed(HandshakeFailure failure) {}
    };

    /** A connection's handshake is over, and its certificate accepted. */
    void connected(Origin origin);

    /** A token was accepted on a connection where the call before had none, or another. */
    void tokenAccepted(Origin origin);

    /**
     * A connection was ended, because its certificate or token, or its namespace, is good no more, or because there are
     * too many of its namespace.
     */
    void cutOff(Origin origin, RefusedException why);

    /** Other token keys than before were fetched for a namespace, and are in force. */
    void keysFetched(NamespaceName namespace);

    /** A socket was closed before its handshake, because too many connections are open. */
    void crowdedOut(String address);

    /** A handshake did not succeed: each one, once. */
    void handshakeFailed(HandshakeFailure failure);
}
