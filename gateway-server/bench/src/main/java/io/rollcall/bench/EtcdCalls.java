package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls etcd. Messages are written and read by hand, by the field numbers of etcd's {@code rpc.proto} and {@code
 * kv.proto} (version 3).
 */
final class EtcdCalls {
    private static final MethodDescriptor<byte[], byte[]> GRANT =
            RawMethod.of("etcdserverpb.Lease/LeaseGrant", RawMethod.BYTES);
    private static final MethodDescriptor<byte[], byte[]> PUT = RawMethod.of("etcdserverpb.KV/Put", RawMethod.BYTES);
    private static final MethodDescriptor<byte[], byte[]> WATCH =
            RawMethod.of("etcdserverpb.Watch/Watch", RawMethod.BYTES);

    private EtcdCalls() {}

    /** A part of a message. */
    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    static ListenableFuture<byte[]> grant(ManagedChannel channel, int ttlSeconds) {
        return call(channel, GRANT, message(to -> to.writeInt64(1, ttlSeconds)));
    }

    /** Returns the lease in the answer to a grant. */
    static long leaseOf(byte[] granted) throws IOException {
        CodedInputStream fields = CodedInputStream.newInstance(granted);
        for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 2) {
                return fields.readInt64();
            }
            fields.skipField(tag);
        }
        throw new IOException("etcd granted no lease");
    }

    /** @param lease 0: none */
    static ListenableFuture<byte[]> put(ManagedChannel channel, String key, ByteString value, long lease) {
        return call(channel, PUT, message(to -> {
            to.writeString(1, key);
            to.writeBytes(2, value);
            to.writeInt64(3, lease);
        }));
    }

    /** Follows the keys from {@code first} to before {@code end}. */
    static void watch(ManagedChannel channel, String first, String end, StreamObserver<byte[]> watcher) {
        byte[] range = message(to -> {
            to.writeString(1, first);
            to.writeString(2, end);
        });
        ClientCalls.asyncBidiStreamingCall(channel.newCall(WATCH, CallOptions.DEFAULT), watcher)
                .onNext(message(to -> to.writeByteArray(1, range)));
    }

    /** Returns the new values of the keys that have changed according to a message to a watcher. */
    static List<ByteString> changedValues(byte[] message) throws IOException {
        List<ByteString> values = new ArrayList<>();
        for (ByteString event : parts(ByteString.copyFrom(message), 11)) {
            for (ByteString keyValue : parts(event, 2)) {
                values.addAll(parts(keyValue, 5));
            }
        }
        return values;
    }

    private static List<ByteString> parts(ByteString message, int field) throws IOException {
        List<ByteString> parts = new ArrayList<>();
        CodedInputStream fields = message.newCodedInput();
        for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                parts.add(fields.readBytes());
            } else {
                fields.skipField(tag);
            }
        }
        return parts;
    }

    private static ListenableFuture<byte[]> call(
            ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, byte[] request) {
        return ClientCalls.futureUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request);
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream to = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(to);
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory cannot fail", e);
        }
        return bytes.toByteArray();
    }
}
