package io.rollcall.bench;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Methods whose messages are bytes: neither side of a measurement spends time on encoding. */
final class RawMethod {
    /** As they are. */
    static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new Ready(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    /** Only the length of a reply, which is not read. */
    static final Marshaller<Integer> LENGTH = new Marshaller<>() {
        @Override
        public InputStream stream(Integer value) {
            throw new UnsupportedOperationException("a length is only received");
        }

        @Override
        public Integer parse(InputStream stream) {
            try {
                return stream.available();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private RawMethod() {}

    /** Bytes that gRPC writes at once, as it does the gateway's kept encodings. */
    private static final class Ready extends ByteArrayInputStream implements Drainable, KnownLength {
        Ready(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int drainTo(OutputStream target) throws IOException {
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }

    static boolean streams(String name) {
        return name.endsWith("/KeepAlive") || name.endsWith("/Watch");
    }

    static <R> MethodDescriptor<byte[], R> of(String name, Marshaller<R> replies) {
        return MethodDescriptor.<byte[], R>newBuilder()
                .setType(streams(name) ? MethodType.BIDI_STREAMING : MethodType.UNARY)
                .setFullMethodName(name)
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(replies)
                .build();
    }
}
