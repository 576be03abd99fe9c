package io.rollcall.pem;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468 §2). Everything outside of blocks is skipped: text, a byte order mark, the output
 * of {@code openssl x509 -text}.
 *
 * <pre>
 *   subject=CN = alpha                  skipped
 *   -----BEGIN CERTIFICATE-----         label: CERTIFICATE, line 2
 *   MIIB…                               body
 *   -----END CERTIFICATE-----
 * </pre>
 *
 * @param line the line on which it begins, from 1
 * @param body the text between its two boundaries, not decoded
 * @param isClosed whether it has an end
 */
record PemBlock(String label, int line, String body, boolean isClosed) {
    private static final Pattern BEGIN = Pattern.compile("(?m)^[ \\t]*-----BEGIN ([A-Z0-9][A-Z0-9 .#+/-]*?)-----");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    /** Returns all blocks, in the order of the file, including those with unknown labels. */
    static List<PemBlock> all(byte[] content) {
        String text = text(content);
        List<PemBlock> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        int from = 0;
        int line = 1;
        int counted = 0;
        while (begin.find(from)) {
            line += newLines(text, counted, begin.start());
            counted = begin.start();
            String label = begin.group(1);
            String boundary = "-----END " + label + "-----";
            int end = text.indexOf(boundary, begin.end());
            blocks.add(new PemBlock(label, line, end < 0 ? "" : text.substring(begin.end(), end), end >= 0));
            from = end < 0 ? begin.end() : end + boundary.length();
        }
        return blocks;
    }

    private static int newLines(String text, int from, int to) {
        return (int) text.substring(from, to).chars().filter(c -> c == '\n').count();
    }

    /** Decodes a file: Windows tools write UTF-16 with a byte order mark; all others write ASCII. */
    private static String text(byte[] content) {
        int first = content.length < 2 ? 0 : ((content[0] & 0xFF) << 8) | (content[1] & 0xFF);
        Charset charset = first == 0xFEFF || first == 0xFFFE ? StandardCharsets.UTF_16 : StandardCharsets.ISO_8859_1;
        String text = new String(content, charset);
        String utf8Mark = "\u00EF\u00BB\u00BF";
        return text.startsWith(utf8Mark) ? text.substring(utf8Mark.length()) : text;
    }

    /** @throws PemException if the block has no end, or is not base64 */
    byte[] der() throws PemException {
        if (!isClosed) {
            throw new PemException("is damaged: the block '" + label + "' in line " + line + " has no end");
        }
        try {
            return Base64.getDecoder().decode(WHITE_SPACE.matcher(body).replaceAll(""));
        } catch (IllegalArgumentException e) {
            throw new PemException("is damaged: the block '" + label + "' in line " + line + " is not base64", e);
        }
    }

    /** Describes the skipped blocks for an error message. */
    static String found(List<PemBlock> blocks) {
        return blocks.isEmpty()
                ? ""
                : "; found "
                        + String.join(
                                ", ",
                                blocks.stream()
                                        .map(PemBlock::label)
                                        .distinct()
                                        .limit(5)
                                        .toList());
    }
}
