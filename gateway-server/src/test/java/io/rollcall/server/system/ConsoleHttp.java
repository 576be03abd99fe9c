package io.rollcall.server.system;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The console's forms, as a browser sends them, without one. */
final class ConsoleHttp {
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");
    private static final String COOKIE = "__Host-rollcall=";

    private final HttpClient http;
    private final String console;
    private String cookie = "";

    ConsoleHttp(GatewayProcess gateway) throws IOException, GeneralSecurityException {
        http = client(gateway);
        console = gateway.console();
    }

    /** One that trusts the gateway's own CA and no other. */
    static HttpClient client(GatewayProcess gateway) throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder()
                .sslContext(trusting(gateway.certs().dir().resolve("gateway/ca.pem")))
                .build();
    }

    /** TLS that believes this CA and no other. */
    static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** What a scraper gets that holds the token. */
    static String scrape(GatewayProcess gateway) throws IOException, GeneralSecurityException, InterruptedException {
        String token =
                Files.readString(gateway.dataDir().resolve("metrics-token")).strip();
        HttpResponse<String> answer = client(gateway)
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.console() + "/metrics"))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new AssertionError("no metrics: " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** What the console shows to a new connection; by a CA that it is to have. */
    static X509Certificate certificate(GatewayProcess gateway) throws IOException, GeneralSecurityException {
        var connection = (HttpsURLConnection) new URL(gateway.console() + "/signin").openConnection();
        connection.setSSLSocketFactory(
                trusting(gateway.certs().dir().resolve("gateway/ca.pem")).getSocketFactory());
        try {
            connection.connect();
            return (X509Certificate) connection.getServerCertificates()[0];
        } finally {
            connection.disconnect();
        }
    }

    /** A page, once signed in. */
    String page(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path).GET());
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** Returns the status: 303 for the right password. */
    int signIn(String user, String password) throws IOException, InterruptedException {
        return post("/signin", Map.of("user", user, "password", password, "next", "/"));
    }

    int changePassword(String from, String to) throws IOException, InterruptedException {
        String csrf = csrf();
        return post("/account", Map.of("csrf", csrf, "password", from, "new_password", to, "new_password_again", to));
    }

    int signOut() throws IOException, InterruptedException {
        return post("/signout", Map.of("csrf", csrf()));
    }

    private String csrf() throws IOException, InterruptedException {
        String page = send(request("/account").GET()).body();
        Matcher form = CSRF.matcher(page);
        if (!form.find()) {
            throw new AssertionError("no form on " + page);
        }
        return form.group(1);
    }

    private int post(String path, Map<String, String> form) throws IOException, InterruptedException {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(path)
                        .header("Sec-Fetch-Site", "same-origin")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .statusCode();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(console + path));
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        response.headers().allValues("Set-Cookie").stream()
                .filter(set -> set.startsWith(COOKIE))
                .forEach(set -> cookie = set.substring(0, set.indexOf(';')));
        return response;
    }
}
