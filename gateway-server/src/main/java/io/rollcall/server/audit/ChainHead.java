package io.rollcall.server.audit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the chain stands: the number and the hash of its last line. Printed as {@code 17:<64 hex digits>}. Whoever
 * keeps it elsewhere can prove later that no line up to it was changed or left out.
 *
 * @param seq of the last line; 0: there is none yet
 * @param hash SHA-256 in small hex digits
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

    /** Whether the line comes right after this one. */
    boolean isBefore(AuditLine line) {
        return line.seq() == seq + 1 && line.prev().equals(hash);
    }

    @Override
    public String toString() {
        return seq + ":" + hash;
    }
}
