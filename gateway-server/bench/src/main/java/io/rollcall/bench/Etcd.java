package io.rollcall.bench;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Registers a node in etcd as its users do: a lease, and a key that ends with it. The server is Debian's, one member, with
 * TLS and client certificates, and flushes each change to the disk as it always does.
 */
final class Etcd implements Registrations.Registering {
    private static final String PROGRAM = "etcd";
    private static final int TTL_SECONDS = 600;
    private static final String KEYS = Nodes.NAMESPACE + "/";
    private static final String KEYS_END = Nodes.NAMESPACE + "0"; // the character after the slash

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
        RegisterNodeRequest registration = Nodes.registration(node).build();
        return Futures.transformAsync(
                EtcdCalls.grant(channel, TTL_SECONDS),
                granted -> put(channel, registration, EtcdCalls.leaseOf(granted)),
                MoreExecutors.directExecutor());
    }

    /** @param lease with which the node's key ends; 0: none */
    static ListenableFuture<byte[]> put(ManagedChannel channel, RegisterNodeRequest registration, long lease) {
        return EtcdCalls.put(channel, KEYS + registration.getNodeId(), registration.toByteString(), lease);
    }

    /** Follows the keys of all nodes. */
    static void watch(ManagedChannel channel, StreamObserver<byte[]> watcher) {
        EtcdCalls.watch(channel, KEYS, KEYS_END, watcher);
    }
}
