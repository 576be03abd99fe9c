package io.rollcall.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Nodes in the field speak these numbers: the golden file {@code wire.txt} holds every field and method, and a change
 * of it is a decision, not an accident.
 */
class WireTest {
    private static final ServiceDescriptor SERVICE =
            GatewayProto.getDescriptor().findServiceByName("GatewayService");

    @Test
    void theWire_isTheGoldenOne() throws IOException {
        assertThat(describe()).isEqualTo(golden());
    }

    @Test
    void everyReply_carriesRevisionEpochRegistryIdAndBranch() {
        for (MethodDescriptor method : SERVICE.getMethods()) {
            Descriptor reply = method.getOutputType();
            assertThat(reply.findFieldByNumber(16)).as(reply.getName()).satisfies(f -> assertThat(f.getName())
                    .isEqualTo("revision"));
            assertThat(reply.findFieldByNumber(17)).as(reply.getName()).satisfies(f -> assertThat(f.getName())
                    .isEqualTo("epoch"));
            assertThat(reply.findFieldByNumber(18)).as(reply.getName()).satisfies(f -> assertThat(f.getName())
                    .isEqualTo("registry_id"));
            assertThat(reply.findFieldByName("branch")).as(reply.getName()).isNotNull();
        }
    }

    @Test
    void everyMethod_saysWhoMayCallIt() {
        for (MethodDescriptor method : SERVICE.getMethods()) {
            assertThat(method.getOptions().getExtension(GatewayProto.permission))
                    .as(method.getName())
                    .isNotEqualTo(Permission.PERMISSION_UNSPECIFIED);
        }
    }

    @Test
    void everyMethod_saysWhatItIsToTheLimits() {
        for (MethodDescriptor method : SERVICE.getMethods()) {
            assertThat(method.getOptions().getExtension(GatewayProto.traffic))
                    .as(method.getName())
                    .isNotEqualTo(Traffic.TRAFFIC_UNSPECIFIED);
        }
    }

    @Test
    void noRequest_namesANamespace() {
        for (MethodDescriptor method : SERVICE.getMethods()) {
            assertThat(method.getInputType().getFields())
                    .extracting(FieldDescriptor::getName)
                    .noneMatch(name -> name.contains("namespace") || name.contains("tenant"));
        }
    }

    private static List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Descriptor message : GatewayProto.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                lines.add(message.getName() + " " + field.getNumber() + " " + field.getName() + " " + type(field));
            }
            for (ReservedRange range : message.toProto().getReservedRangeList()) {
                lines.add(message.getName() + " reserved " + range.getStart() + ".." + (range.getEnd() - 1));
            }
        }
        for (MethodDescriptor method : SERVICE.getMethods()) {
            lines.add(SERVICE.getFullName() + "/" + method.getName() + " "
                    + (method.isClientStreaming() ? "stream " : "")
                    + method.getInputType().getName() + " → "
                    + (method.isServerStreaming() ? "stream " : "")
                    + method.getOutputType().getName() + ", "
                    + method.getOptions().getExtension(GatewayProto.permission) + ", "
                    + method.getOptions().getExtension(GatewayProto.traffic));
        }
        return lines;
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map";
        }
        String name =
                switch (field.getJavaType()) {
                    case MESSAGE -> field.getMessageType().getName();
                    case ENUM -> field.getEnumType().getName();
                    default -> field.getType().name().toLowerCase(Locale.ROOT);
                };
        if (field.isRepeated()) {
            return "repeated " + name;
        }
        return field.toProto().getProto3Optional() ? "optional " + name : name;
    }

    private static List<String> golden() throws IOException {
        try (InputStream in = WireTest.class.getResourceAsStream("/wire.txt")) {
            assertThat(in).as("wire.txt").isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
