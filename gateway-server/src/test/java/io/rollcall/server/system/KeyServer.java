package io.rollcall.server.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rollcall.devcerts.Credential;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;

/** Somebody's token keys behind an https address, as good or bad as it is told. */
final class KeyServer implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    private record Answer(int status, byte[] content) {}

    private final HttpsServer server;
    private volatile Answer answer = new Answer(503, new byte[0]);
    private final AtomicInteger answered = new AtomicInteger();

    /** @param identity how it shows itself; for localhost */
    KeyServer(Credential identity) throws IOException, GeneralSecurityException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(identity)));
        server.createContext("/", this::answer);
        server.start();
    }

    private static SSLContext tls(Credential identity) throws IOException, GeneralSecurityException {
        KeyStore own = emptyStore();
        own.setKeyEntry("own", identity.key(), PASSWORD.toCharArray(), new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** The environment of a JVM that believes this CA, and no other, of the servers it calls; writes it to a file. */
    static Map<String, String> believing(X509Certificate authority, Path file)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = emptyStore();
        trusted.setCertificateEntry("ca", authority);
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        return Map.of(
                "JDK_JAVA_OPTIONS",
                "-Djavax.net.ssl.trustStore=" + file + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Answer now = answer;
        try (exchange) {
            exchange.sendResponseHeaders(now.status, now.content.length == 0 ? -1 : now.content.length);
            exchange.getResponseBody().write(now.content);
            answered.incrementAndGet();
        }
    }

    String address() {
        return "https://localhost:" + server.getAddress().getPort() + "/jwks.json";
    }

    /** This from now on. */
    void serve(String content) {
        answer = new Answer(200, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Nothing but this status from now on. */
    void fail(int status) {
        answer = new Answer(status, new byte[0]);
    }

    /** Waits until so many more have been answered, and one begun after them. */
    void awaitFetches(int more) {
        int until = answered.get() + more + 1;
        Awaitility.await().until(() -> answered.get() >= until);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
