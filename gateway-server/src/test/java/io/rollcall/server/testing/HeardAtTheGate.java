package io.rollcall.server.testing;

import io.grpc.Attributes;
import io.rollcall.server.failure.RefusalListener;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.identity.ShownCertificate;
import io.rollcall.server.identity.grpc.ConnectionIdentifier;
import io.rollcall.server.namespace.NamespaceName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers who came in and who was turned away, in words, from whatever thread. */
public final class HeardAtTheGate implements IdentityListener, RefusalListener {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<CallIdentity> identities = new CopyOnWriteArrayList<>();

    /** What happened, in that order. */
    public List<String> events() {
        return heard;
    }

    /** Whom it was told of, in that order. */
    public List<CallIdentity> identities() {
        return identities;
    }

    @Override
    public void connected(CallIdentity identity) {
        identities.add(identity);
        heard.add("connected");
    }

    @Override
    public void tokenAccepted(CallIdentity identity) {
        identities.add(identity);
        heard.add("token " + identity.tokenId());
    }

    @Override
    public void cutOff(CallIdentity identity, RefusedException why) {
        identities.add(identity);
        heard.add("cut off " + why.refusal());
    }

    @Override
    public void keysFetched(NamespaceName namespace) {
        heard.add("keys of " + namespace);
    }

    @Override
    public void keysPassedOver(NamespaceName namespace, int used, int passedOver, List<String> why) {
        heard.add(namespace + " uses " + used + " keys, not " + passedOver + ": " + why);
    }

    @Override
    public void crowdedOut(String address) {
        heard.add("crowded out");
    }

    @Override
    public void handshakeFailed(HandshakeFailure failure) {
        ShownCertificate shown = failure.certificate();
        String certificate = shown == null ? "" : " certificate " + shown.serial() + " of '" + shown.claimed() + "'";
        heard.add("handshake " + failure.reason() + certificate + ": " + failure.detail());
    }

    @Override
    public void refused(Attributes connection, String method, RefusedException refusal) {
        identities.add(ConnectionIdentifier.identityOf(connection));
        heard.add(method + " " + refusal.refusal());
    }
}
