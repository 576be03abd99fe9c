package io.rollcall.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the log as written to a file: a JSON object (RFC 8259) in ASCII, ended by a line feed.
 *
 * <pre>
 * {"seq":17,"time":"2026-01-31T12:00:00.000Z","event":"refusal", … ,"prev":"9f2c…","hash":"41ab…"}
 *                                                                   └ hash of line 16
 * </pre>
 *
 * The hash is the SHA-256 (FIPS 180-4), in hex, of the line's bytes without the member {@code hash}: of everything from
 * the first brace to the quote that ends {@code prev}, and a closing brace. A shell can compute it: {@code sed
 * 's/,"hash":"[0-9a-f]*"}$/}/' | tr -d '\n' | sha256sum}. The line before the first has the hash 000….
 *
 * @param seq the line's number, from 1
 * @param prev the hash of the line before, as stated in this line
 * @param hash its own hash, as stated
 * @param isWhole whether the stated hash matches its text
 */
record AuditLine(long seq, String prev, String hash, boolean isWhole) {
    static final int HASH_LENGTH = 64;

    private static final Pattern FORM = Pattern.compile(
            "\\{\"seq\":(\\d{1,18}),.*,\"prev\":\"([0-9a-f]{64})\",\"hash\":\"([0-9a-f]{64})\"}", Pattern.DOTALL);
    private static final int OWN_MEMBER = ",\"hash\":\"\"}".length() + HASH_LENGTH;

    // ASCII alone: an attacker cannot place control characters for a terminal, or end a line.
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .setCodec(JSON);

    /** Returns the line after {@code before}, with its line feed. */
    static String write(ChainHead before, Map<String, Object> fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("seq", before.seq() + 1);
            for (Map.Entry<String, Object> field : fields.entrySet()) {
                json.writeObjectField(field.getKey(), field.getValue());
            }
            json.writeStringField("prev", before.hash());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string in memory cannot fail", e);
        }
        String hashed = text.toString();
        return hashed.substring(0, hashed.length() - 1) + ",\"hash\":\"" + sha256(hashed) + "\"}\n";
    }

    /** @param line without its line feed; the result is empty if it is not a line of the log */
    static Optional<AuditLine> read(String line) {
        Matcher form = FORM.matcher(line);
        if (!form.matches()) {
            return Optional.empty();
        }
        String hash = form.group(3);
        boolean isWhole = hash.equals(sha256(line.substring(0, line.length() - OWN_MEMBER) + "}"));
        return Optional.of(new AuditLine(Long.parseLong(form.group(1)), form.group(2), hash, isWhole));
    }

    /** Returns the head after a line that was just written. */
    static ChainHead headOf(String written) {
        String hash = written.substring(written.length() - HASH_LENGTH - 3, written.length() - 3);
        return new ChainHead(Long.parseLong(written.substring("{\"seq\":".length(), written.indexOf(','))), hash);
    }

    ChainHead head() {
        return new ChainHead(seq, hash);
    }

    static String sha256(String text) {
        try {
            // One byte a character: the bytes of a file are hashed unchanged, whatever they are.
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
