package io.rollcall.server.identity;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.PassedOver.Cause;
import io.rollcall.server.namespace.NamespaceName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports skipped keys of a namespace's set: in the log and the audit log, once for each change, and as an alarm if no
 * key is left or a secret key is published. Any thread.
 */
final class KeySetReport {
    private static final Logger log = LoggerFactory.getLogger(KeySetReport.class);

    private final Alarms alarms;
    private final IdentityListener listener;
    private final Map<NamespaceName, PassedOver> told = new ConcurrentHashMap<>();

    KeySetReport(Alarms alarms, IdentityListener listener) {
        this.alarms = alarms;
        this.listener = listener;
    }

    /** @param keys the keys in force now */
    void tell(NamespaceName namespace, TokenKeys keys) {
        PassedOver passedOver = keys.passedOver();
        boolean isNew = !passedOver.equals(told.put(namespace, passedOver));
        if (isNew && passedOver.count() > 0) {
            if (passedOver.worst() == Cause.OTHER_USE) {
                log.info(
                        "{}: key set: {} used, {} for other uses: {}",
                        namespace,
                        keys.count(),
                        passedOver.count(),
                        passedOver);
            } else {
                log.warn(
                        "{}: key set: {} used, {} passed over: {}",
                        namespace,
                        keys.count(),
                        passedOver.count(),
                        passedOver);
            }
            listener.keysPassedOver(namespace, keys.count(), passedOver.count(), passedOver.told());
        }
        alarm(Subject.of(Matter.KEY_SET, namespace), keys);
    }

    private void alarm(Subject subject, TokenKeys keys) {
        PassedOver passedOver = keys.passedOver();
        if (passedOver.count() > 0 && keys.count() == 0) {
            alarms.raise(
                    subject, "no key of its key set can be used", "all its tokens are refused", passedOver.toString());
        } else if (passedOver.worst() == Cause.SECRET) {
            alarms.raise(
                    subject,
                    "its key set publishes a secret key",
                    "that key is passed over: tokens signed with it are refused",
                    passedOver.toString());
        } else {
            alarms.clear(subject);
        }
    }

    /** Clears the alarm of a namespace that is no longer served. */
    void forget(NamespaceName namespace) {
        told.remove(namespace);
        alarms.clear(Subject.of(Matter.KEY_SET, namespace));
    }
}
