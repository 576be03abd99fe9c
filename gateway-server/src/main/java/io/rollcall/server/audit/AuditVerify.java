package io.rollcall.server.audit;

import io.rollcall.server.config.UserPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says whether the audit log is as it was written; {@code scripts/audit-verify} starts it. */
public final class AuditVerify {
    private static final int DOES_NOT_FIT = 1;
    private static final int BAD_ARGUMENTS = 2;
    private static final int NOT_CHECKED = 3;
    private static final String MISFIT = "The audit log does not verify: ";
    private static final long A_MOMENT_MILLIS = 1_000;

    private AuditVerify() {}

    /** @param arguments the directory (or the gateway's, that it is in), and perhaps a head that was kept elsewhere */
    public static void main(String[] arguments) throws InterruptedException {
        ChainHead head = null;
        if (arguments.length == 2) {
            head = ChainHead.parse(arguments[1]).orElse(null);
        }
        if (arguments.length < 1 || arguments.length > 2 || (arguments.length == 2 && head == null)) {
            fail("audit-verify: expected a directory and, perhaps, a head such as 17:<64 hex digits>", BAD_ARGUMENTS);
        }
        Path given = path(arguments[0]);
        Path inside = given.resolve(AuditFiles.DIRECTORY);
        Path directory = Files.isDirectory(inside) ? inside : given;
        if (!Files.isDirectory(directory)) {
            fail(
                    "audit-verify: " + given
                            + " is no directory; name the gateway's data directory, or its audit log's",
                    BAD_ARGUMENTS);
        }
        try {
            verify(directory, head);
        } catch (IOException e) {
            fail("audit-verify: " + directory + " cannot be read (" + e + ")", NOT_CHECKED);
        }
    }

    private static Path path(String text) {
        try {
            return UserPath.of(text);
        } catch (IllegalArgumentException e) {
            fail("audit-verify: the directory has " + e.getMessage(), BAD_ARGUMENTS);
            throw e;
        }
    }

    /**
     * What does not fit is looked at twice: a gateway may have been writing its last line, or deleting its oldest file.
     */
    private static void verify(Path directory, @Nullable ChainHead head) throws IOException, InterruptedException {
        ChainVerifier verifier = new ChainVerifier(directory, head);
        if (!fits(verifier)) {
            Thread.sleep(A_MOMENT_MILLIS);
            verifier = new ChainVerifier(directory, head);
            verifier.verify().ifPresent(misfit -> fail(MISFIT + misfit.where() + ": " + misfit.what(), DOES_NOT_FIT));
        }
        System.out.printf("%s fits: %,d lines, head %s%n", directory, verifier.lines(), verifier.head());
    }

    private static boolean fits(ChainVerifier verifier) throws IOException {
        try {
            return verifier.verify().isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void fail(String why, int code) {
        System.err.println(why);
        System.exit(code);
    }
}
