package io.rollcall.server.transport;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.rollcall.server.watchdog.OutOfMemory;

/**
 * Wraps code that gRPC calls on an event loop outside of the interceptors. gRPC treats exceptions there as a broken
 * connection and closes it silently. If the heap is exhausted, the process must end instead.
 */
final class MemoryGuard {
    private MemoryGuard() {}

    static ServerStreamTracer.Factory around(ServerStreamTracer.Factory tracers) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
                try {
                    return tracers.newServerStreamTracer(fullMethodName, headers);
                } catch (RuntimeException | Error e) {
                    var unused = OutOfMemory.endProcessOrRefuse(e); // either way only this connection breaks
                    throw e;
                }
            }
        };
    }

    static ServerTransportFilter around(ServerTransportFilter connections) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                try {
                    return connections.transportReady(attributes);
                } catch (RuntimeException | Error e) {
                    var unused = OutOfMemory.endProcessOrRefuse(e); // either way only this connection breaks
                    throw e;
                }
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                try {
                    connections.transportTerminated(attributes);
                } catch (RuntimeException | Error e) {
                    var unused = OutOfMemory.endProcessOrRefuse(e); // either way only this connection breaks
                    throw e;
                }
            }
        };
    }
}
