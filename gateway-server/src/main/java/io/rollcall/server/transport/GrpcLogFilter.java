package io.rollcall.server.transport;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Silences what gRPC logs when a client's frames make no sense: a stack trace for a few bytes, by which any member could
 * fill the log. The client is told, and its call counted; it is no defect of the gateway.
 */
final class GrpcLogFilter {
    // Held here: a logger that nobody holds is forgotten, and its level with it.
    private static final List<Logger> NOISY = Stream.of(
                    "io.grpc.netty.NettyServerHandler",
                    "io.grpc.netty.NettyServerStream",
                    "io.grpc.netty.NettyServerTransport")
            .map(Logger::getLogger)
            .toList();

    private GrpcLogFilter() {}

    /** For the whole process; harmless to repeat. */
    static void install() {
        NOISY.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
