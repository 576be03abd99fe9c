package io.rollcall.server.admission;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.Traffic;
import java.util.HashMap;
import java.util.Map;

/**
 * Maps each method to how it counts against the quotas: as a change, a read or a heartbeat, by its {@code traffic}
 * option in the proto, under both service names. Methods of other services (health, reflection) are reads. Immutable.
 *
 * <p>Reads generated descriptors, although it is not a service, interceptor or messages class: they hold the option.
 */
public final class MethodTraffic {
    private static final String SERVICE = "GatewayService";

    private final Map<String, Traffic> byName = new HashMap<>();

    /** @throws IllegalStateException if a method of the gateway does not declare the option */
    public MethodTraffic() {
        ServiceDescriptor service = GatewayProto.getDescriptor().findServiceByName(SERVICE);
        for (MethodDescriptor method : service.getMethods()) {
            Traffic traffic = method.getOptions().getExtension(GatewayProto.traffic);
            if (traffic == Traffic.TRAFFIC_UNSPECIFIED) {
                throw new IllegalStateException(
                        method.getFullName() + " does not say how it is limited: declare option (traffic)");
            }
            byName.put(service.getFullName() + "/" + method.getName(), traffic);
            byName.put(SERVICE + "/" + method.getName(), traffic);
        }
    }

    Traffic of(io.grpc.MethodDescriptor<?, ?> method) {
        return byName.getOrDefault(method.getFullMethodName(), Traffic.READ);
    }
}
