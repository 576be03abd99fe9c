package io.rollcall.server.namespace;

/** A registration session of a node. Sessions found a cluster, lead it and hold leases. */
public record Session(NodeId node, Incarnation incarnation) {}
