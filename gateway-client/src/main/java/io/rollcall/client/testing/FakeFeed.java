package io.rollcall.client.testing;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchChanges;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchProgress;
import io.rollcall.v1.WatchResync;
import io.rollcall.v1.WatchSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The fake gateway's watchers and the history for watchers that resume. Guarded by its namespace. */
final class FakeFeed {

    private final Set<ServerCallStreamObserver<WatchNodesResponse>> watchers = ConcurrentHashMap.newKeySet();
    /** Each holds one change. */
    private final List<WatchNodesResponse> history = new ArrayList<>();

    private boolean skipsNext;

    void add(WatchChange change, WatchNodesResponse at) {
        WatchNodesResponse message = at.toBuilder()
                .setChanges(WatchChanges.newBuilder().addChanges(change))
                .build();
        history.add(message);
        if (skipsNext) {
            skipsNext = false;
            return;
        }
        watchers.forEach(watcher -> watcher.onNext(message));
    }

    /** @param parts of a snapshot, at {@code at} */
    void watch(
            WatchNodesRequest request,
            ServerCallStreamObserver<WatchNodesResponse> watcher,
            List<WatchSnapshot> parts,
            WatchNodesResponse at) {
        watcher.setOnCancelHandler(() -> watchers.remove(watcher));
        watchers.add(watcher);
        if (request.hasAfterRevision() && holds(request, at)) {
            history.stream()
                    .filter(message -> message.getRevision() > request.getAfterRevision())
                    .forEach(watcher::onNext);
            watcher.onNext(at.toBuilder()
                    .setProgress(WatchProgress.getDefaultInstance())
                    .build());
            return;
        }
        if (request.hasAfterRevision()) {
            watcher.onNext(at.toBuilder()
                    .setResync(WatchResync.newBuilder().setReason("not held"))
                    .build());
        }
        parts.forEach(part -> watcher.onNext(at.toBuilder().setSnapshot(part).build()));
    }

    private boolean holds(WatchNodesRequest request, WatchNodesResponse at) {
        long oldest = history.isEmpty() ? at.getRevision() : history.get(0).getRevision() - 1;
        return request.getRegistryId().equals(at.getRegistryId())
                && request.getAfterRevision() >= oldest
                && request.getAfterRevision() <= at.getRevision()
                && history.stream()
                        .filter(message -> message.getRevision() == request.getAfterRevision())
                        .allMatch(message -> request.getBranch() == 0 || message.getBranch() == request.getBranch());
    }

    List<WatchNodesResponse> history() {
        return List.copyOf(history);
    }

    void restore(List<WatchNodesResponse> earlier) {
        history.clear();
        history.addAll(earlier);
    }

    void skipNext() {
        skipsNext = true;
    }

    void forget() {
        history.clear();
    }

    void cut() {
        List.copyOf(watchers).forEach(watcher -> {
            watchers.remove(watcher);
            watcher.onError(Status.UNAVAILABLE
                    .withDescription("the fake gateway cut the stream")
                    .asRuntimeException());
        });
    }
}
