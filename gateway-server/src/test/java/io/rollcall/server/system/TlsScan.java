package io.rollcall.server.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What {@code sslscan} finds out about a port: somebody else's eyes. */
final class TlsScan {
    private static final Pattern ENABLED = Pattern.compile("(?m)^(SSLv\\d|TLSv1\\.\\d) +enabled$");
    private static final Pattern CIPHER =
            Pattern.compile("(?m)^(?:Preferred|Accepted) +(TLSv1\\.\\d|SSLv\\d) +\\d+ bits +(\\S+)");

    private final String text;

    private TlsScan(String text) {
        this.text = text;
    }

    /** @param member whose certificate to show, should the port ask for one */
    static TlsScan of(int port, Path member) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sslscan", "--no-colour", "--no-groups"));
        command.add("--certs=" + member.resolve("cert.pem"));
        command.add("--pk=" + member.resolve("key.pem"));
        command.add("localhost:" + port);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new AssertionError("sslscan ended with " + exit + ": " + text);
        }
        return new TlsScan(text);
    }

    /** The versions that are served, old ones by their names. */
    List<String> versions() {
        return ENABLED.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** The suites that were accepted in this version, in openssl's names. */
    List<String> ciphers(String version) {
        return CIPHER.matcher(text)
                .results()
                .filter(found -> found.group(1).equals(version))
                .map(found -> found.group(2))
                .toList();
    }

    /** Everything it said. */
    String text() {
        return text;
    }
}
