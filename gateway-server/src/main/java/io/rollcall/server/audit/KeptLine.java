package io.rollcall.server.audit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the log in the record of one namespace: the original line with one more member, which chains it to the line
 * before it in that record, since the line before it in the log may belong to another record.
 *
 * <pre>
 * {"seq":17, … ,"prev":"9f2c…","hash":"41ab…","link":"77d0…"}
 *                                              └ SHA-256 of the link before and of this line's hash, both in hex
 * </pre>
 *
 * @param line as it was written
 */
record KeptLine(AuditLine line, String link) {
    /** The link before the first line of a record. */
    static final String NO_LINK = "0".repeat(AuditLine.HASH_LENGTH);

    private static final Pattern FORM = Pattern.compile("(.*),\"link\":\"([0-9a-f]{64})\"}", Pattern.DOTALL);

    /** The link of a line with this hash after one with that link. */
    static String link(String before, String hash) {
        return AuditLine.sha256(before + hash);
    }

    /** @param line as it was written, without its line feed */
    static String write(String line, String link) {
        return line.substring(0, line.length() - 1) + ",\"link\":\"" + link + "\"}\n";
    }

    /** @param text without its line feed; the result is empty if it is not such a line */
    static Optional<KeptLine> read(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? AuditLine.read(form.group(1) + "}").map(line -> new KeptLine(line, form.group(2)))
                : Optional.empty();
    }

    boolean follows(String before) {
        return link.equals(link(before, line.hash()));
    }
}
