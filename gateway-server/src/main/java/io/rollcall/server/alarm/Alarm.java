package io.rollcall.server.alarm;

import io.rollcall.server.namespace.NamespaceName;
import java.time.Instant;
import java.util.Optional;

/**
 * A lasting problem that an operator of the gateway must know about.
 *
 * @param what the fact, in one sentence without a full stop
 * @param consequence what the gateway does because of it
 * @param remedy what to do; may name files, never a secret
 */
public record Alarm(Subject subject, String what, String consequence, String remedy, Instant since) {

    /**
     * The subject of an alarm; each has at most one at a time. An empty namespace stands for the gateway as a whole.
     */
    public record Subject(Matter matter, Optional<NamespaceName> namespace) {
        public static Subject of(Matter matter) {
            return new Subject(matter, Optional.empty());
        }

        public static Subject of(Matter matter, NamespaceName namespace) {
            return new Subject(matter, Optional.of(namespace));
        }
    }

    /** The closed list of matters. */
    public enum Matter {
        /** The configuration file. */
        CONFIGURATION,
        /** New files of the gateway's own certificate and key. */
        CERTIFICATE,
        /** The gateway's own certificate, which is in force but has expired. */
        CERTIFICATE_ENDED,
        /** New files of a namespace's trust bundle, revocation lists and token keys. */
        TRUST_POLICY,
        /** Expired CAs in a namespace's trust bundle that is in force. */
        CA_ENDED,
        /** All namespaces: none is served. */
        NOTHING_SERVED,
        /** A namespace's token keys behind an https address. */
        TOKEN_KEYS,
        /** Unusable keys in a namespace's key set that is in force. */
        KEY_SET,
        /** A namespace's revocation lists, which are in force but out of date. */
        REVOCATION_LIST,
        /** The audit log, which cannot be written. */
        AUDIT_LOG,
        /** The audit log, parts of which are missing or were changed. */
        AUDIT_BROKEN,
        /** The audit log's closed files, which cannot be sorted. */
        AUDIT_SORTING,
        /** The record of one namespace, or the gateway's own, which takes more than its share of the audit log. */
        AUDIT_SHARE,
        /**
         * A namespace's clients hold revisions that the registry does not have: it may have been restored to an older
         * state.
         */
        WENT_BACK,
        /** The process's file descriptors, which are exhausted. */
        OPEN_FILES,
        /** Nodes under whose identity two processes register in turns. */
        DUPLICATE_NODE,
        /** Memory outside the heap, which is exhausted. */
        DIRECT_MEMORY,
        /** The options that the JVM was started with. */
        JVM_OPTIONS,
        /** A thread that all calls share, which has ended or is stuck. */
        SHARED_THREAD
    }
}
