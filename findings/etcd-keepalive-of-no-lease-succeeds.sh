#!/usr/bin/env bash
# etcd 3.4.23, Lease.LeaseKeepAlive and LeaseTimeToLive (over its JSON gateway; gRPC answers the same messages).
#
# Guess: to keep alive a lease that has expired or never was is an error, NOT_FOUND, as revoking it is.
# Seen: the answer is an ordinary message that repeats the ID. Only the missing TTL (0) tells that there is no such lease.
# A client that takes any answer for life goes on believing in a lease that ended long ago. LeaseTimeToLive answers with
# TTL -1, LeaseRevoke with an error: three ways to say the same.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
debian_package etcd-server=3.4.23-4+b4
start_etcd

expect "keep alive: $(etcd lease/keepalive '{"ID":"12345"}')
time to live: $(etcd lease/timetolive '{"ID":"12345"}')
revoke: $(etcd lease/revoke '{"ID":"12345"}')" <<'END'
keep alive: {"result":{"header":{"revision":"1"},"ID":"12345"}}
time to live: {"header":{"revision":"1"},"ID":"12345","TTL":"-1"}
revoke: {"error":"etcdserver: requested lease not found","message":"etcdserver: requested lease not found","code":5}
END
