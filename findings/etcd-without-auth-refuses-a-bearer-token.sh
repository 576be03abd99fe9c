#!/usr/bin/env bash
# etcd 3.4.23, authentication not enabled (over its JSON gateway, which hands the header to gRPC).
#
# Guess: a server without authentication does not read "authorization"; a client that sends its platform's token with every
# call, as an interceptor for all channels does, is served.
# Seen: etcd takes any such value for a token of its own, and refuses reads, writes and leases alike, UNAUTHENTICATED, though
# it asks nobody for a token. A channel to etcd must not share the interceptor.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
debian_package etcd-server=3.4.23-4+b4
start_etcd

foreign='Authorization: Bearer of-another-issuer'
expect "without: $(etcd kv/put '{"key":"YQ==","value":"MQ=="}')
put: $(etcd kv/put '{"key":"YQ==","value":"MQ=="}' -H "$foreign")
range: $(etcd kv/range '{"key":"YQ=="}' -H "$foreign")
lease: $(etcd lease/grant '{"ID":"7","TTL":"60"}' -H "$foreign")" <<'END'
without: {"header":{"revision":"2"}}
put: {"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}
range: {"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}
lease: {"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}
END
