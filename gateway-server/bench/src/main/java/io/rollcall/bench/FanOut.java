package io.rollcall.bench;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.HashSet;
import java.util.Set;

/** Streams that all get the same messages. */
final class FanOut {
    private final Set<ServerCall<byte[], byte[]>> streams = new HashSet<>();

    /** Adds a stream, until its client or connection ends it. */
    synchronized ServerCall.Listener<byte[]> add(ServerCall<byte[], byte[]> stream) {
        stream.sendHeaders(new Metadata());
        stream.request(1);
        streams.add(stream);
        return new ServerCall.Listener<>() {
            @Override
            public void onCancel() {
                remove(stream);
            }
        };
    }

    private synchronized void remove(ServerCall<byte[], byte[]> stream) {
        streams.remove(stream);
    }

    /** Sends a message to all of them; one at a time, since a call is not for two threads at once. */
    synchronized void send(byte[] message) {
        for (ServerCall<byte[], byte[]> stream : streams) {
            stream.sendMessage(message);
        }
    }
}
