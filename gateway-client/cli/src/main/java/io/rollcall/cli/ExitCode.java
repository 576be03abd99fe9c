package io.rollcall.cli;

import io.rollcall.client.GatewayException;

/** How the command ended; {@code --help} lists the codes. */
final class ExitCode {
    static final int DONE = 0;
    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int UNREACHED = 3;
    static final int CREDENTIALS = 4;
    static final int NONE = 5;
    static final int TO_MEND = 6;
    static final int DEFECT = 70;

    private ExitCode() {}

    static int of(GatewayException failure) {
        return switch (failure.code()) {
            case "UNAVAILABLE" -> failure.isTransient() ? UNREACHED : CREDENTIALS;
            case "DEADLINE_EXCEEDED" -> UNREACHED;
            case "UNAUTHENTICATED" -> CREDENTIALS;
            default -> REFUSED;
        };
    }
}
