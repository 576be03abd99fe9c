package io.rollcall.server.namespace;

/** A node in one of its registration sessions: who may found, lead or hold a lease. */
public record Session(NodeId node, Incarnation incarnation) {}
