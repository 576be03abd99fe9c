package io.rollcall.server.access;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.identity.Caller.OperatorCaller;
import io.rollcall.server.namespace.NodeId;

/** What services ask about a request's {@code node_id}, which no interceptor sees. */
public final class Access {
    private Access() {}

    /**
     * Returns if the caller is this very node.
     *
     * @throws io.rollcall.server.failure.RefusedException NOT_PERMITTED otherwise, naming the field
     */
    public static void requireSelf(Caller caller, NodeId nodeId) {
        if (!(caller instanceof NodeCaller self)) {
            throw Refusal.NOT_PERMITTED.because(
                    "node_id: " + nodeId + " (expected: a node about itself; this is an operator's certificate)");
        }
        if (!self.node().equals(nodeId)) {
            throw Refusal.NOT_PERMITTED.because(
                    "node_id: " + nodeId + " (expected: " + self.node() + ", the node of your certificate)");
        }
    }

    /**
     * Returns if the caller is this very node, or an operator of its own namespace: which namespace that is, the caller
     * says and never the request.
     *
     * @throws io.rollcall.server.failure.RefusedException NOT_PERMITTED otherwise, naming the field
     */
    public static void requireSelfOrOperator(Caller caller, NodeId nodeId) {
        if (!(caller instanceof OperatorCaller)) {
            requireSelf(caller, nodeId);
        }
    }
}
