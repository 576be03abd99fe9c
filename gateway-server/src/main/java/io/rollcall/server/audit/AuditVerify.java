package io.rollcall.server.audit;

import io.rollcall.server.config.UserPath;
import io.rollcall.server.watchdog.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies that the audit log is as it was written; {@code scripts/audit-verify} starts it. */
public final class AuditVerify {
    private static final int DOES_NOT_FIT = 1;
    private static final int BAD_ARGUMENTS = 2;
    private static final int NOT_CHECKED = 3;
    private static final String MISFIT = "The audit log does not verify: ";
    private static final long A_MOMENT_MILLIS = 1_000;
    private static final int LOOKS = 5;

    private AuditVerify() {}

    /** @param arguments the audit log's directory, or the gateway's; optionally a head that was kept elsewhere */
    public static void main(String[] arguments) {
        Program.run("audit-verify: ", NOT_CHECKED, () -> run(arguments));
    }

    private static void run(String[] arguments) throws InterruptedException {
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
     * Verifies again after a mismatch: a gateway may have been writing its last line, sorting a file, or deleting an
     * old one.
     */
    private static void verify(Path directory, @Nullable ChainHead head) throws IOException, InterruptedException {
        ChainVerifier verifier = new ChainVerifier(directory, head);
        Optional<Misfit> misfit = look(verifier);
        for (int look = 1; look < LOOKS && misfit.isPresent(); look++) {
            Thread.sleep(A_MOMENT_MILLIS);
            verifier = new ChainVerifier(directory, head);
            misfit = look(verifier);
        }
        misfit.ifPresent(found -> fail(MISFIT + found, DOES_NOT_FIT));
        for (RecordVerifier.Found record : verifier.records()) {
            System.out.printf(
                    Locale.ROOT,
                    "%s is kept from line %d of %s on: %,d lines%s%n",
                    record.record(),
                    record.firstLine(),
                    record.since(),
                    record.lines(),
                    record.deletedUpTo() == 0
                            ? ""
                            : ", those up to line " + record.deletedUpTo() + " are deleted, on record");
        }
        if (head == null) {
            System.out.println(
                    "The end is unproven: whether later lines were cut off shows only by a head that was kept"
                            + " elsewhere (--head).");
        }
        System.out.printf(Locale.ROOT, "%s fits: %,d lines, head %s%n", directory, verifier.lines(), verifier.head());
    }

    private static Optional<Misfit> look(ChainVerifier verifier) throws IOException {
        try {
            return verifier.verify();
        } catch (NoSuchFileException e) {
            return Optional.of(new Misfit(String.valueOf(e.getFile()), "was there a moment before, and is gone"));
        }
    }

    private static void fail(String why, int code) {
        Program.end(why, code);
    }
}
