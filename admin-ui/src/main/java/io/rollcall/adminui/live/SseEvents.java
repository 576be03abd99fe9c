package io.rollcall.adminui.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** Formats server-sent events (WHATWG HTML §9.2): an event's name, and one line of JSON. */
final class SseEvents {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SseEvents() {}

    /** @param revision of the namespace followed, or the sum of all */
    static String event(String name, long revision) {
        return text(name, new Now(revision));
    }

    static String changed(List<String> namespaces, long revision) {
        return text("changed", new Changed(namespaces, revision));
    }

    private static String text(String name, Object data) {
        try {
            return "event: " + name + "\ndata: " + JSON.writeValueAsString(data) + "\n\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names and numbers always write", e);
        }
    }

    private record Now(long revision) {}

    private record Changed(List<String> namespaces, long revision) {}
}
