#!/usr/bin/env bash
# etcd 3.4.23, Watch with a start_revision that has not been yet (over its JSON gateway; gRPC answers the same messages).
#
# Guess: the watch is refused, as Range refuses a future revision ("required revision is a future revision").
# Seen: it is created, and says nothing until the store has come that far: changes before are passed over without a word.
# A client that resumes at a store that was restored from a backup so waits in silence. The one sign is the revision of
# the "created" answer, which is below the start that was asked for.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
debian_package etcd-server=3.4.23-4+b4
start_etcd

key=$(printf node | base64)
etcd kv/put "{\"key\":\"$key\",\"value\":\"\"}" >put.json
etcd watch "{\"create_request\":{\"key\":\"$key\",\"start_revision\":\"100\"}}" >watch.json &
watch=$!
sleep 0.3
etcd kv/put "{\"key\":\"$key\",\"value\":\"\"}" >put.json
wait "$watch"
expect "range at 100: $(etcd kv/range "{\"key\":\"$key\",\"revision\":\"100\"}")
watch from 100, while revision 3 is made: $(cat watch.json)" <<'END'
range at 100: {"error":"etcdserver: mvcc: required revision is a future revision","message":"etcdserver: mvcc: required revision is a future revision","code":11}
watch from 100, while revision 3 is made: {"result":{"header":{"revision":"2"},"created":true}}
END
