package io.rollcall.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rollcall.client.ClusterView;
import io.rollcall.client.ClusterWatch;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayException;
import io.rollcall.client.Health;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.Stats;
import io.rollcall.client.WatchListener;
import io.rollcall.net.BadAddressException;
import io.rollcall.net.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The steps by which {@code doctor} follows a call to one gateway; each tells what it saw, or what to mend. */
final class Examination implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int SNAPSHOT_SECONDS = 10;
    /** What the gateway allows a token's dates to be off. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    private static final Duration ENDS_SOON = Duration.ofDays(1);

    private final HostPort target;
    private final Path directory;
    private final GatewayClient client;

    /** @param client of this target alone; closed with this */
    Examination(String target, Path directory, GatewayClient client) {
        try {
            this.target = HostPort.parse(target, 8090);
        } catch (BadAddressException e) {
            throw new IllegalArgumentException("target: " + e.getMessage(), e);
        }
        this.directory = directory;
        this.client = client;
    }

    /** A step. */
    interface Step {
        Finding look();
    }

    /**
     * What a step found.
     *
     * @param isEnd whether the steps after it cannot succeed
     */
    record Finding(String step, boolean isWell, String saw, boolean isEnd) {
        static Finding well(String step, String saw) {
            return new Finding(step, true, saw, false);
        }

        static Finding bad(String step, String saw) {
            return new Finding(step, false, saw, true);
        }

        /** Something to mend that does not stop a call yet. */
        static Finding soon(String step, String saw) {
            return new Finding(step, false, saw, false);
        }
    }

    List<Step> steps(boolean isToRegister) {
        List<Step> steps = new ArrayList<>(List.of(
                this::files,
                this::certificate,
                this::token,
                this::name,
                this::connection,
                this::tls,
                this::permission));
        if (isToRegister) {
            steps.add(this::registration);
        }
        return steps;
    }

    private Finding files() {
        return Finding.well(
                "files",
                "certificate, key, CAs and token in " + directory + " can be read; they are "
                        + (client.nodeId().isPresent()
                                ? "node " + client.nodeId().getAsInt()
                                : "an operator")
                        + "'s of namespace " + client.namespace());
    }

    private Finding certificate() {
        Path file = directory.resolve("cert.pem");
        Instant now = Instant.now();
        X509Certificate own;
        try (InputStream in = Files.newInputStream(file)) {
            own = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | CertificateException e) {
            return Finding.bad("certificate", "cannot read " + file + ": " + e.getMessage());
        }
        Instant ends = own.getNotAfter().toInstant();
        if (now.isAfter(ends)) {
            return Finding.bad("certificate", file + " ended at " + ends + "; write a new one there");
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            return Finding.bad(
                    "certificate",
                    file + " begins at " + own.getNotBefore().toInstant() + "; is this machine's clock right?");
        }
        Duration left = Duration.between(now, ends);
        return left.compareTo(ENDS_SOON) < 0
                ? Finding.soon("certificate", file + " ends in " + Described.lasting(left) + "; renew it")
                : Finding.well("certificate", "valid for another " + Described.lasting(left));
    }

    private Finding token() {
        Path file = directory.resolve("token.jwt");
        JsonNode claims;
        try {
            String[] parts =
                    Files.readString(file, StandardCharsets.US_ASCII).strip().split("\\.", -1);
            claims =
                    JsonMapper.builder().build().readTree(Base64.getUrlDecoder().decode(parts[1]));
        } catch (JacksonException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return Finding.bad("token", file + " holds no JWT (expected: three parts with dots between)");
        } catch (IOException e) {
            return Finding.bad("token", "cannot read " + file + ": " + e.getMessage());
        }
        Instant ends = Instant.ofEpochSecond(claims.path("exp").asLong());
        Duration left = Duration.between(Instant.now(), ends);
        if (left.plus(SKEW).isNegative()) {
            return Finding.bad("token", file + " ended at " + ends + "; write a new one there");
        }
        return Finding.well(
                "token", "of " + claims.path("sub").asText() + ", valid for another " + Described.lasting(left));
    }

    private Finding name() {
        try {
            return Finding.well(
                    "name",
                    target.host() + " is "
                            + Stream.of(InetAddress.getAllByName(target.host()))
                                    .map(InetAddress::getHostAddress)
                                    .collect(Collectors.joining(", ")));
        } catch (UnknownHostException e) {
            return Finding.bad("name", target.host() + " is not known here; check the name, and this machine's DNS");
        }
    }

    private Finding connection() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.host(), target.port()), CONNECT_MILLIS);
            return Finding.well("connection", target + " accepts connections");
        } catch (IOException e) {
            return Finding.bad(
                    "connection",
                    target + ": " + e.getMessage()
                            + "; is the gateway up, does it listen on this address (--host), is a firewall between?");
        }
    }

    private Finding tls() {
        Instant before = Instant.now();
        Health health;
        try {
            health = client.health();
        } catch (GatewayException e) {
            return Finding.bad("TLS", String.valueOf(e.getMessage()));
        }
        Duration took = Duration.between(before, Instant.now());
        Duration apart =
                Duration.between(before.plus(took.dividedBy(2)), health.time()).abs();
        String saw = "both certificates are accepted, HTTP/2 works, gateway " + health.version() + " is "
                + health.status() + ", its clock is " + apart.toMillis() + " ms from this one's";
        return apart.compareTo(SKEW) > 0
                ? Finding.soon("TLS", saw + "; set the clocks: tokens allow for " + SKEW.toSeconds() + " s")
                : Finding.well("TLS", saw);
    }

    private Finding permission() {
        try {
            Stats stats = client.stats();
            return Finding.well(
                    "permission",
                    "the token is accepted; the namespace has " + stats.active() + " active nodes, "
                            + (stats.leaderId() == 0 ? "no leader" : "node " + stats.leaderId() + " leads"));
        } catch (GatewayException e) {
            return Finding.bad("permission", String.valueOf(e.getMessage()));
        }
    }

    private Finding registration() {
        if (client.nodeId().isEmpty()) {
            return Finding.bad("registration", "an operator cannot register; use a node's credentials");
        }
        int me = client.nodeId().getAsInt();
        try {
            if (client.nodes().find(me).isPresent()) {
                return Finding.bad(
                        "registration",
                        "node " + me + " is live: registering here would displace it; end it first, or leave"
                                + " --register out");
            }
            if (!isFounded()) {
                return Finding.bad(
                        "registration",
                        "the cluster is not founded yet, and this registration would take part in that: register the"
                                + " real node");
            }
            try (NodeSession session = client.register(NodeDescription.of("127.0.0.1", 1))) {
                return Finding.well(
                        "registration",
                        "node " + me + " was registered in epoch " + session.epoch() + "; it is removed now");
            }
        } catch (GatewayException e) {
            return Finding.bad("registration", String.valueOf(e.getMessage()));
        }
    }

    /** Returns whether the founding is confirmed: until then each registration may change who founds the cluster. */
    private boolean isFounded() {
        CompletableFuture<ClusterView> snapshot = new CompletableFuture<>();
        WatchListener first = new WatchListener() {
            @Override
            public void taken(ClusterView view) {
                snapshot.complete(view);
            }
        };
        ClusterWatch watch = client.watch(first);
        try {
            return snapshot.orTimeout(SNAPSHOT_SECONDS, TimeUnit.SECONDS)
                    .join()
                    .founding()
                    .confirmed();
        } finally {
            watch.close();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
