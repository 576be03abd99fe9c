package io.rollcall.bench;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Registers a node in etcd as its users do: a lease, and a key that ends with it. The server is Debian's, one member, with
 * TLS and client certificates, and flushes each change to the disk as it always does.
 *
 * <p>Messages are written by hand, by the field numbers of etcd's {@code rpc.proto} (version 3).
 */
final class Etcd implements Registrations.Registering {
    private static final String PROGRAM = "etcd";
    private static final int TTL_SECONDS = 600;
    private static final MethodDescriptor<byte[], byte[]> GRANT =
            RawMethod.of("etcdserverpb.Lease/LeaseGrant", RawMethod.BYTES);
    private static final MethodDescriptor<byte[], byte[]> PUT = RawMethod.of("etcdserverpb.KV/Put", RawMethod.BYTES);

    /** A part of a message. */
    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    static boolean isInstalled() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(path)
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, PROGRAM)));
    }

    static ServerProcess start(Path certs, Path dataDir) throws IOException {
        int port = freePort();
        String url = "https://localhost:" + port;
        String peers = "http://127.0.0.1:" + freePort();
        return ServerProcess.of(
                List.of(
                        PROGRAM,
                        "--name=bench",
                        "--data-dir=" + dataDir.resolve("etcd"),
                        "--listen-client-urls=" + url.replace("localhost", "127.0.0.1"),
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=bench=" + peers,
                        "--client-cert-auth",
                        "--trusted-ca-file=" + certs.resolve("bench/ca.pem"),
                        "--cert-file=" + certs.resolve("gateway/cert.pem"),
                        "--key-file=" + certs.resolve("gateway/key.pem"),
                        "--logger=zap",
                        "--log-level=error"),
                port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public ListenableFuture<?> register(ManagedChannel channel, int node) {
        byte[] grant = message(to -> to.writeInt64(1, TTL_SECONDS));
        return Futures.transformAsync(
                call(channel, GRANT, grant),
                granted -> call(channel, PUT, put(node, leaseOf(granted))),
                MoreExecutors.directExecutor());
    }

    private static ListenableFuture<byte[]> call(
            ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, byte[] request) {
        return ClientCalls.futureUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request);
    }

    private static byte[] put(int node, long lease) {
        return message(to -> {
            to.writeBytes(1, ByteString.copyFromUtf8(Nodes.NAMESPACE + "/" + node));
            to.writeBytes(2, Nodes.registration(node, "r" + node % 40).build().toByteString());
            to.writeInt64(3, lease);
        });
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

    private static long leaseOf(byte[] granted) throws IOException {
        CodedInputStream fields = CodedInputStream.newInstance(granted);
        for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 2) {
                return fields.readInt64();
            }
            fields.skipField(tag);
        }
        throw new IOException("etcd granted no lease");
    }
}
