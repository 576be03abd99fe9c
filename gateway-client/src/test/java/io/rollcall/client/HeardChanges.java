package io.rollcall.client;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a watch tells, and on which threads. */
final class HeardChanges implements WatchListener {

    final List<String> words = new CopyOnWriteArrayList<>();
    final List<ClusterChange> changes = new CopyOnWriteArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public void taken(ClusterView view) {
        threads.add(Thread.currentThread());
        words.add("taken at " + view.at().number());
    }

    @Override
    public void changed(List<ClusterChange> heard, ClusterView view) {
        threads.add(Thread.currentThread());
        changes.addAll(heard);
        words.add("changed to " + view.at().number());
    }

    @Override
    public void outage(GatewayException why) {
        words.add("outage " + why.code());
    }

    @Override
    public void recovered() {
        words.add("recovered");
    }

    List<Long> revisions() {
        return changes.stream().map(ClusterChange::revision).toList();
    }
}
