package io.rollcall.server.identity;

import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.identity.Caller.OperatorCaller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A SPIFFE ID (SPIFFE-ID §2) of one of the two forms that the gateway accepts.
 *
 * <pre>
 * spiffe://example.org/ns/alpha/node/3
 * spiffe://example.org/ns/alpha/operator/admin
 * </pre>
 *
 * One pattern defines the syntax: it permits no port, query, fragment, user, percent-encoding or empty segment. So each
 * identity has exactly one spelling, and equal strings mean equal identities.
 */
record SpiffeId(String trustDomain, Caller caller) {
    private static final int MAX_LENGTH = 2048; // SPIFFE-ID §2.3

    // The hyphen comes last: "[.-_]" would be a range that admits '/', ':', ';' and '@'.
    private static final Pattern SHAPE =
            Pattern.compile("spiffe://([a-z0-9._-]{1,255})/ns/([a-z0-9-]+)/(node|operator)/([A-Za-z0-9._-]+)");

    /** @throws IllegalArgumentException if it does not have this form; the message does not quote it */
    static SpiffeId parse(String uri) {
        Matcher shape = SHAPE.matcher(uri);
        if (uri.length() > MAX_LENGTH || !shape.matches()) {
            throw new IllegalArgumentException(
                    "expected spiffe://<trust-domain>/ns/<namespace>/node/<id> or …/operator/<name>");
        }
        String last = shape.group(4);
        if (isDots(shape.group(1)) || isDots(last)) {
            throw new IllegalArgumentException("expected no segment '.' or '..' in a SPIFFE ID");
        }
        NamespaceName namespace = new NamespaceName(shape.group(2));
        Caller caller = shape.group(3).equals("node")
                ? new NodeCaller(namespace, NodeId.parse(last))
                : new OperatorCaller(namespace, last);
        return new SpiffeId(shape.group(1), caller);
    }

    /**
     * Returns the same identity with the namespace's name as the gateway holds it. Equal names are then one object, so
     * that looking one up, several times for each call, compares no text.
     */
    SpiffeId in(NamespaceName same) {
        Caller its = caller instanceof NodeCaller node
                ? new NodeCaller(same, node.node())
                : new OperatorCaller(same, ((OperatorCaller) caller).name());
        return new SpiffeId(trustDomain, its);
    }

    private static boolean isDots(String segment) {
        return segment.equals(".") || segment.equals("..");
    }

    /** Returns its only spelling. */
    @Override
    public String toString() {
        return "spiffe://" + trustDomain + "/ns/" + caller;
    }
}
