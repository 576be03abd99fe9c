package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Strangers who hold the console's sockets, threads and budgets, and people who want to work meanwhile: an
 * administrator from an address that has signed in before, one from an address that has not, and a scraper.
 */
@Tag("alone")
@Timeout(240)
class SlowStrangersIT {
    /** Within it everybody is served; an ordinary run may share its machine with others. */
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("rollcall.all") ? 2 : 20);

    /** Where only the answer counts, not when it comes. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Right passwords while others guess; an ordinary run has a sample of them. */
    private static final int ATTEMPTS = Boolean.getBoolean("rollcall.all") ? 22 : 8;

    private static final String ME = "127.0.0.1";
    private static final String NEW_HERE = "127.0.0.99";
    private static final int SLOW = 200;
    private static final int SILENT = 600;
    private static final List<String> MANY =
            IntStream.rangeClosed(2, 60).mapToObj(last -> "127.0.0." + last).toList();

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = GatewayProcess.start(dir);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void strangersOfOneAddress_whichTheAdministratorShares() throws Exception {
        assertThat(signIn(ME, PATIENCE).status()).isEqualTo(303);
        try (SlowStrangers strangers = new SlowStrangers(gateway, List.of(ME), SLOW, SILENT)) {
            everybodyIsServed(ME);
            everybodyIsServed(NEW_HERE);
            haveAllCome(strangers);
        }
    }

    @Test
    void strangersOfManyAddresses() throws Exception {
        assertThat(signIn(MANY.get(0), PATIENCE).status()).isEqualTo(303);
        try (SlowStrangers strangers = new SlowStrangers(gateway, MANY, SLOW, SILENT)) {
            everybodyIsServed(MANY.get(0));
            everybodyIsServed(MANY.get(58));
            everybodyIsServed("127.0.0.98");
            haveAllCome(strangers);
        }
    }

    /** Streams that give no length and no end; and, on others, no window for the answer. */
    @Test
    void streamsThatNeverEnd_andAnswersThatNobodyReads() throws Exception {
        List<RawHttp2> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                connections.add(endless());
                connections.add(unread(script()));
            }
            everybodyIsServed(ME);
            everybodyIsServed("127.0.0.97");
        } finally {
            for (RawHttp2 connection : connections) {
                connection.close();
            }
        }
    }

    private static RawHttp2 endless() throws Exception {
        RawHttp2 connection = RawHttp2.toConsole(gateway).begin();
        for (int stream = 1; stream < 40; stream += 2) {
            connection
                    .frame(
                            RawHttp2.HEADERS,
                            RawHttp2.END_HEADERS,
                            stream,
                            RawHttp2.block(List.of(
                                    Map.entry(":method", "POST"),
                                    Map.entry(":scheme", "https"),
                                    Map.entry(":path", "/signin"),
                                    Map.entry(":authority", "localhost"),
                                    Map.entry("sec-fetch-site", "same-origin"),
                                    Map.entry("content-type", "application/x-www-form-urlencoded"))))
                    .frame(RawHttp2.DATA, 0, stream, new byte[] {'u'});
        }
        connection.awaitPong();
        return connection;
    }

    private static RawHttp2 unread(String path) throws Exception {
        byte[] noWindow = {0, 0, 6, RawHttp2.SETTINGS, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0};
        RawHttp2 connection = RawHttp2.toConsole(gateway).raw(RawHttp2.PREFACE).raw(noWindow);
        for (int stream = 1; stream < 40; stream += 2) {
            connection.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                    stream,
                    RawHttp2.block(List.of(
                            Map.entry(":method", "GET"),
                            Map.entry(":scheme", "https"),
                            Map.entry(":path", path),
                            Map.entry(":authority", "localhost"))));
        }
        connection.awaitPong();
        return connection;
    }

    /** The longest thing that a stranger may ask for. */
    private static String script() throws IOException, GeneralSecurityException {
        try (RawHttps connection = RawHttps.connect(gateway, ME, SOON)) {
            Matcher path = Pattern.compile("(/assets/\\w+/)")
                    .matcher(connection.get("/signin", "").body());
            assertThat(path.find()).isTrue();
            return path.group(1) + "htmx.js";
        }
    }

    @Test
    void slowRequests_areEnded_whateverTheyStillSend() throws Exception {
        try (RawHttps connection = RawHttps.connect(gateway, "127.0.0.61", Duration.ofSeconds(30))) {
            connection.send(RawHttps.postBegin(1_000));
            ExecutorService drip = Executors.newSingleThreadExecutor();
            try {
                drip.submit(() -> {
                    while (true) {
                        connection.send("x");
                        TimeUnit.MILLISECONDS.sleep(500);
                    }
                });
                assertThat(connection.in().read()).isEqualTo(-1);
            } finally {
                drip.shutdownNow();
            }
        }
    }

    @Test
    void wrongPasswordsFromManyAddresses_keepNobodyOut() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        ExecutorService guessers = Executors.newFixedThreadPool(8);
        String known = "127.0.0.96";
        assertThat(signIn(known, PATIENCE).status()).isEqualTo(303);
        try {
            for (int i = 0; i < 8; i++) {
                List<String> mine = MANY.subList(i * MANY.size() / 8, (i + 1) * MANY.size() / 8);
                guessers.submit(() -> {
                    while (!Thread.interrupted()) {
                        for (String from : mine) {
                            try (RawHttps connection = RawHttps.connect(gateway, from, SOON)) {
                                connection.signIn("admin", "wrong-" + wrong.incrementAndGet());
                            } catch (IOException turnedAway) {
                                wrong.incrementAndGet();
                            }
                        }
                    }
                    return null;
                });
            }
            while (wrong.get() < 100) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            List<Integer> answers = new ArrayList<>();
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                answers.add(signIn(attempt % 2 == 0 ? known : "127.0.1." + attempt, PATIENCE)
                        .status());
            }
            assertThat(answers).containsOnly(303);
        } finally {
            guessers.shutdownNow();
            assertThat(guessers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static RawHttps.Answer signIn(String from, Duration patience) throws IOException, GeneralSecurityException {
        try (RawHttps connection = RawHttps.connect(gateway, from, patience)) {
            return connection.signIn("admin", gateway.consolePassword());
        }
    }

    /** Some have to try again where the machine is busy. */
    private static void haveAllCome(SlowStrangers strangers) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(strangers.begun()).isGreaterThanOrEqualTo(SLOW + SILENT));
    }

    private static void everybodyIsServed(String from) throws IOException, GeneralSecurityException {
        long begun = System.nanoTime();
        RawHttps.Answer signedIn = signIn(from, SOON);
        assertThat(signedIn.status()).as("sign-in from %s", from).isEqualTo(303);
        soon("sign-in", from, begun);

        begun = System.nanoTime();
        String session = "Cookie: " + signedIn.cookie() + "\r\n";
        try (RawHttps page = RawHttps.connect(gateway, from, SOON);
                RawHttps events = RawHttps.connect(gateway, from, SOON)) {
            assertThat(page.get("/", session).body()).contains("alpha");
            events.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + session + "\r\n");
            String line = events.line();
            while (!line.equals("event: hello")) {
                line = events.line();
            }
            soon("live page", from, begun);
        }

        begun = System.nanoTime();
        String token =
                Files.readString(gateway.dataDir().resolve("metrics-token")).strip();
        try (RawHttps scraper = RawHttps.connect(gateway, from, SOON)) {
            assertThat(scraper.get("/metrics", "Authorization: Bearer " + token + "\r\n")
                            .status())
                    .isEqualTo(200);
        }
        soon("metrics", from, begun);
    }

    private static void soon(String what, String from, long begun) {
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        System.out.println(what + " from " + from + ": " + took.toMillis() + " ms");
        assertThat(took).as("%s from %s", what, from).isLessThan(SOON);
    }
}
