package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The format that others may verify without us. */
class AuditLineTest {

    @Test
    void theHash_isThatOfTheLineWithoutIt_asTheJavadocSays() throws Exception {
        String line = AuditLine.write(
                new ChainHead(16, "ab".repeat(32)), LogDirectory.event("x").fields());
        String hashed = line.replaceFirst(",\"hash\":\"[0-9a-f]*\"}\n$", "}");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(hashed.getBytes(StandardCharsets.US_ASCII));
        assertThat(hashed)
                .isEqualTo("{\"seq\":17,\"time\":\"2026-01-31T12:00:00.000Z\",\"event\":\"change\",\"word\":\"x\","
                        + "\"prev\":\"" + "ab".repeat(32) + "\"}");
        assertThat(line).endsWith(",\"hash\":\"" + HexFormat.of().formatHex(digest) + "\"}\n");
        assertThat(AuditLine.read(line.strip())).hasValueSatisfying(read -> {
            assertThat(read.isWhole()).isTrue();
            assertThat(read.head()).isEqualTo(AuditLine.headOf(line));
            assertThat(read.prev()).isEqualTo("ab".repeat(32));
        });
    }

    @Test
    void hostileText_staysInItsLine_andInItsField() throws Exception {
        String hostile = "a\n{\"seq\":1}\r\u0000\u001b[2J\u202e\"\\,\"prev\":\"\ud800é";
        String line =
                AuditLine.write(ChainHead.NONE, LogDirectory.event(hostile).fields());
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(line.strip().chars()).allMatch(character -> character >= ' ' && character < 127);
        JsonNode read = new ObjectMapper().readTree(line);
        assertThat(read.get("word").asText()).isEqualTo(hostile);
        assertThat(AuditLine.read(line.strip()).orElseThrow().isWhole()).isTrue();
    }

    @Test
    void longText_isCut() throws Exception {
        String line = AuditLine.write(
                ChainHead.NONE, LogDirectory.event("x".repeat(10_000)).fields());
        assertThat(line.length()).isLessThan(1_000);
    }
}
