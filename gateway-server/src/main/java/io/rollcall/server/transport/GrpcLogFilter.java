package io.rollcall.server.transport;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Silences gRPC's logging of malformed client frames: a stack trace for a few bytes, by which any member could fill the
 * log. The client gets the error and its call is counted; it is not a defect of the gateway.
 */
final class GrpcLogFilter {
    // Strong references: an unreferenced logger is garbage-collected, and its level with it.
    private static final List<Logger> NOISY = Stream.of(
                    "io.grpc.netty.NettyServerHandler",
                    "io.grpc.netty.NettyServerStream",
                    "io.grpc.netty.NettyServerTransport")
            .map(Logger::getLogger)
            .toList();

    private GrpcLogFilter() {}

    /** Applies to the whole process. Idempotent. */
    static void install() {
        NOISY.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
