package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;

/** The caller on which certificate and token agree: a node or an operator of one namespace. Immutable. */
public sealed interface Caller {

    /** The tenant; the only source of a namespace in the whole gateway, since no request names one. */
    NamespaceName namespace();

    /** A node; prints as {@code alpha/node/3}. */
    record NodeCaller(NamespaceName namespace, NodeId node) implements Caller {
        @Override
        public String toString() {
            return namespace + "/node/" + node;
        }
    }

    /** An operator of a namespace; prints as {@code alpha/operator/admin}. */
    record OperatorCaller(NamespaceName namespace, String name) implements Caller {
        @Override
        public String toString() {
            return namespace + "/operator/" + name;
        }
    }
}
