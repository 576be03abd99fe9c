package io.rollcall.server.audit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of the chain: the number and the hash of its last line. Printed as {@code 17:<64 hex digits>}. A copy that
 * is kept elsewhere proves later that no line up to it was changed or left out.
 *
 * @param seq number of the last line; 0: there is none yet
 * @param hash SHA-256 in lower-case hex
 */
record ChainHead(long seq, String hash) {
    static final ChainHead NONE = new ChainHead(0, "0".repeat(AuditLine.HASH_LENGTH));
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

    static Optional<ChainHead> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new ChainHead(Long.parseLong(form.group(1)), form.group(2)))
                : Optional.empty();
    }

    /** Whether the line directly follows this head. */
    boolean isBefore(AuditLine line) {
        return line.seq() == seq + 1 && line.prev().equals(hash);
    }

    @Override
    public String toString() {
        return seq + ":" + hash;
    }
}
