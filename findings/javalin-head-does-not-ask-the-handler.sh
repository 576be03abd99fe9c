#!/usr/bin/env bash
# Javalin 7.2.3: a HEAD request to a path that has a handler for GET only.
#
# Guess: HEAD is answered as GET is, without the body (RFC 9110 §9.3.2), so a health check by HEAD sees a 503 that GET sees;
# or it is refused (405), since nobody registered it.
# Seen: the handler is not called, and HEAD gets 200 whatever GET says. A balancer that probes by HEAD sends calls to a
# server that says by GET that it is not ready. "before" handlers do run.
# Way out: register the same handler for HEAD, too.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars io.javalin:javalin:7.2.3 org.slf4j:slf4j-nop:2.0.17

cat >Seen.java <<'END'
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Seen {
    public static void main(String[] args) throws Exception {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.routes.get("/ready", ctx -> {
                System.out.println("asked by " + ctx.method());
                ctx.status(503).result("not ready");
            });
        }).start("127.0.0.1", 0);
        for (String method : new String[] {"GET", "HEAD"}) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/ready"))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            System.out.println(method + ": " + HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode());
        }
        server.stop();
    }
}
END
expect "$(java -cp 'lib/*' Seen.java)" <<'END'
asked by GET
GET: 503
HEAD: 200
END
