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

    /** Which node to leave out of a list, and whom somebody saw elected: any of the namespace. */
    private static final List<String> MEANT_OTHERWISE =
            List.of("GetNodesRequest.requesting_node_id", "UpdateLeaderRequest.leader_id");

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

    /** A new request that names a node says whether that is whom it is about, or it stands in the list above. */
    @Test
    void everyNodeIdOfARequest_isItsSubject_orMeantOtherwise() {
        List<String> others = new ArrayList<>();
        for (MethodDescriptor method : SERVICE.getMethods()) {
            for (FieldDescriptor field : method.getInputType().getFields()) {
                if (field.getType() == FieldDescriptor.Type.INT32
                        && field.getName().matches("id|.*_id|.*_ids")
                        && !field.getOptions().getExtension(GatewayProto.subject)) {
                    others.add(method.getInputType().getName() + "." + field.getName());
                }
            }
        }
        assertThat(others).containsExactlyInAnyOrderElementsOf(MEANT_OTHERWISE);
    }

    @Test
    void whatIsForANodeAboutItself_namesThatNode() {
        for (MethodDescriptor method : SERVICE.getMethods()) {
            Permission permission = method.getOptions().getExtension(GatewayProto.permission);
            boolean isAboutItself =
                    permission == Permission.NODE_ITSELF || permission == Permission.NODE_ITSELF_OR_OPERATOR;
            assertThat(method.getInputType().getFields().stream()
                            .filter(field -> field.getOptions().getExtension(GatewayProto.subject)))
                    .as(method.getName())
                    .hasSize(isAboutItself ? 1 : 0);
        }
    }

    private static List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Descriptor message : GatewayProto.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                lines.add(message.getName() + " " + field.getNumber() + " " + field.getName() + " " + type(field)
                        + (field.getOptions().getExtension(GatewayProto.subject) ? ", subject" : ""));
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
