package io.rollcall.server.admission;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.Traffic;
import java.util.HashMap;
import java.util.Map;

/**
 * How each method counts against the quotas: as a change, a read or a heartbeat, by its {@code traffic} option in the
 * proto, under both service names. Methods of other services, health and reflection, are reads. Immutable.
 *
 * <p>Reads generated descriptors though it is no service, interceptor or messages class: the option lives in them.
 */
public final class MethodTraffic {
    private static final String SERVICE = "GatewayService";

    private final Map<String, Traffic> byName = new HashMap<>();

    /** @throws IllegalStateException if a method of the gateway does not say what it is */
    public MethodTraffic() {
        ServiceDescriptor service = GatewayProto.getDescriptor().findServiceByName(SERVICE);
        for (MethodDescriptor method : service.getMethods()) {
            Traffic traffic = method.getOptions().getExtension(GatewayProto.traffic);
            if (traffic == Traffic.TRAFFIC_UNSPECIFIED) {
                throw new IllegalStateException(
                        method.getFullName() + " does not say what it is to the limits: declare option (traffic)");
            }
            byName.put(service.getFullName() + "/" + method.getName(), traffic);
            byName.put(SERVICE + "/" + method.getName(), traffic);
        }
    }

    Traffic of(io.grpc.MethodDescriptor<?, ?> method) {
        return byName.getOrDefault(method.getFullMethodName(), Traffic.READ);
    }
}
