package io.rollcall.server.access;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.v1.Permission;

/**
 * Checks a caller against the permission of a method: when its call begins, and for each of its messages, once the node
 * that it concerns is known. The namespace of that node comes from the caller, never from the request.
 */
final class Access {
    private Access() {}

    /**
     * Returns if callers of this kind may call the method.
     *
     * @param method its name without its service
     * @throws io.rollcall.server.failure.RefusedException NOT_PERMITTED otherwise
     */
    static void requireMayCall(Permission permission, Caller caller, String method) {
        boolean isNode = caller instanceof NodeCaller;
        if (!admits(permission, isNode)) {
            throw Refusal.NOT_PERMITTED.because(
                    method + ": not for " + caller + " (expected: " + (isNode ? "an operator" : "a node") + ")");
        }
    }

    private static boolean admits(Permission permission, boolean node) {
        return switch (permission) {
            case CERTIFICATE_HOLDER, MEMBER_OR_OPERATOR, NODE_ITSELF_OR_OPERATOR -> true;
            case NODE_ITSELF, ANY_NODE -> node;
            case OPERATOR -> !node;
            case PERMISSION_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /**
     * Returns if the caller may act on this node: it is the node itself, or an operator and the method permits
     * operators.
     *
     * @param field that names the node
     * @throws io.rollcall.server.failure.RefusedException BAD_FIELD if the field names no node, NOT_PERMITTED if the
     *     caller may not act on it
     */
    static void requireMayConcern(Permission permission, Caller caller, String field, int node) {
        if (node < 1) {
            throw Refusal.BAD_FIELD.because(field + ": " + node + " (expected: " + NodeId.RANGE + ")");
        }
        if (caller instanceof NodeCaller self) {
            if (self.node().value() != node) {
                throw Refusal.NOT_PERMITTED.because(
                        field + ": " + node + " (expected: " + self.node() + ", the node of your certificate)");
            }
        } else if (permission != Permission.NODE_ITSELF_OR_OPERATOR) {
            throw Refusal.NOT_PERMITTED.because(
                    field + ": " + node + " (expected: a node about itself; this is an operator's certificate)");
        }
    }
}
