package io.rollcall.server.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;

/** Asks a gateway whether it is live and ready, as a balancer does; answers such as {@code 200 ok}. */
final class ConsoleProbes {
    private final HttpClient http;
    private final String console;

    ConsoleProbes(GatewayProcess gateway) throws IOException, GeneralSecurityException {
        this.http = ConsoleHttp.client(gateway);
        this.console = gateway.console();
    }

    String live() throws IOException, InterruptedException {
        return ask("/livez");
    }

    String ready() throws IOException, InterruptedException {
        return ask("/readyz");
    }

    private String ask(String path) throws IOException, InterruptedException {
        var answer =
                http.send(HttpRequest.newBuilder(URI.create(console + path)).build(), BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body().strip();
    }
}
