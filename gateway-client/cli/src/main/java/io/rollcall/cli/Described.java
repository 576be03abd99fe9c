package io.rollcall.cli;

import io.rollcall.client.Leadership;
import io.rollcall.client.Node;
import io.rollcall.client.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the gateway tells, as JSON and in words. */
final class Described {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Described() {}

    static Map<String, Object> node(Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", node.id());
        json.put("status", status(node));
        json.put("host", node.host());
        json.put("port", node.port());
        json.put("capabilities", node.capabilities());
        json.put("metadata", node.metadata());
        json.put("last_seen", node.lastSeen().toString());
        json.put("joined_at", node.joinedAt().toString());
        return json;
    }

    static String status(Node node) {
        return node.status().name().toLowerCase(Locale.ROOT);
    }

    /** Returns the address, such as {@code 10.0.0.7:5000} or {@code [fd00::7]:5000}. */
    static String address(Node node) {
        return (node.host().contains(":") ? "[" + node.host() + "]" : node.host()) + ":" + node.port();
    }

    static Map<String, Object> leadership(Leadership leadership) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("leader", leadership.leader().map(Described::node).orElse(null));
        json.put("term", leadership.term());
        json.put("conflict", leadership.conflict().map(Described::conflict).orElse(null));
        json.putAll(revision(leadership.at()));
        return json;
    }

    static String conflict(Leadership.Conflict conflict) {
        return "node " + conflict.claimantId() + " was reported as leader of term " + conflict.term() + " by node "
                + conflict.reportedBy() + "; node " + conflict.leaderId() + " is on record for it";
    }

    static Map<String, Object> revision(Revision at) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("revision", at.number());
        json.put("epoch", at.epoch());
        json.put("registry_id", at.registryId());
        return json;
    }

    /** Returns how long ago that was, in its largest unit. */
    static String ago(Instant then, Instant now) {
        return lasting(Duration.between(then, now)) + " ago";
    }

    static String lasting(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < MINUTE) {
            return seconds + " s";
        }
        if (seconds < HOUR) {
            return seconds / MINUTE + " min";
        }
        return seconds < DAY ? seconds / HOUR + " h" : seconds / DAY + " d";
    }
}
