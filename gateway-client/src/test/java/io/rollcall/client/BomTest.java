package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The BOM for programs that use the client pins what the client is tested with. */
class BomTest {
    private static final Pattern VERSION = Pattern.compile("<([a-z.]+\\.version)>([^<$]+)</");
    private static final Pattern OWN = Pattern.compile("<version>([^<$]+)</version>");

    @Test
    void theBom_pinsTheVersionsOfTheBuild() throws IOException {
        Map<String, String> pinned = versions(Path.of("bom/pom.xml"));
        assertThat(pinned).containsOnlyKeys("grpc.version", "netty.version", "tcnative.version", "protobuf.version");
        assertThat(versions(Path.of("../pom.xml"))).containsAllEntriesOf(pinned);
    }

    @Test
    void theBom_isOfThisVersion() throws IOException {
        assertThat(own(Path.of("bom/pom.xml"))).isEqualTo(own(Path.of("../pom.xml")));
    }

    private static Map<String, String> versions(Path pom) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        Matcher version = VERSION.matcher(Files.readString(pom));
        while (version.find()) {
            versions.put(version.group(1), version.group(2));
        }
        return versions;
    }

    private static String own(Path pom) throws IOException {
        Matcher version = OWN.matcher(Files.readString(pom));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}
