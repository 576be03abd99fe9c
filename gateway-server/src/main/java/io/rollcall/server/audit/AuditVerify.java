package io.rollcall.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says whether the audit log is as it was written; {@code scripts/audit-verify} starts it. */
public final class AuditVerify {
    private static final int DOES_NOT_FIT = 1;
    private static final int BAD_ARGUMENTS = 2;
    private static final long A_MOMENT_MILLIS = 1_000;

    private AuditVerify() {}

    /** @param arguments the directory (or the gateway's, that it is in), and perhaps a head that was kept elsewhere */
    public static void main(String[] arguments) throws InterruptedException {
        ChainHead head = null;
        if (arguments.length == 2) {
            head = ChainHead.parse(arguments[1]).orElse(null);
        }
        if (arguments.length < 1 || arguments.length > 2 || (arguments.length == 2 && head == null)) {
            fail("expected a directory and, perhaps, a head such as 17:<64 hex digits>", BAD_ARGUMENTS);
        }
        Path given = Path.of(arguments[0]);
        Path inside = given.resolve(AuditFiles.DIRECTORY);
        Path directory = Files.isDirectory(inside) ? inside : given;
        if (!Files.isDirectory(directory)) {
            fail(given + " is no directory; name the gateway's data directory, or its audit log's", BAD_ARGUMENTS);
        }
        try {
            verify(directory, head);
        } catch (IOException e) {
            fail(directory + " cannot be read (" + e.getMessage() + ")", DOES_NOT_FIT);
        }
    }

    private static void verify(Path directory, @Nullable ChainHead head) throws IOException, InterruptedException {
        ChainVerifier verifier = new ChainVerifier(directory, head);
        Optional<ChainVerifier.Misfit> found = verifier.verify();
        if (found.isPresent() && found.get().isUnfinished()) {
            Thread.sleep(A_MOMENT_MILLIS); // a gateway may be in the middle of writing it
            verifier = new ChainVerifier(directory, head);
            found = verifier.verify();
        }
        if (found.isPresent()) {
            fail(found.get().where() + ": " + found.get().what(), DOES_NOT_FIT);
        }
        System.out.printf("%s fits: %,d lines, head %s%n", directory, verifier.lines(), verifier.head());
    }

    private static void fail(String why, int code) {
        System.err.println("The audit log does not verify: " + why);
        System.exit(code);
    }
}
