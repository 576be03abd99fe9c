#!/usr/bin/env bash
# @grpc/proto-loader 0.8.1 (with protobufjs 7), as grpc-js clients use it: an object becomes a message.
#
# Guess: a field of a name that the message does not have, and a value that its type cannot hold, raise an error; a number
# written as hexadecimal text is either read in all integer fields or refused in all.
# Seen: none of them raises an error. A field in the .proto's own spelling (node_id) is dropped, and the call goes out
# without it, since only nodeId counts. 2^32+1 becomes 1, and 1.5 becomes 1. "0x10" is 16 for an int32 and 0 for a
# fixed64; -1 is 0 for a fixed64. Decimal text is read right in both.
# Way out: camel case (or keepCase: true), and 64-bit numbers as decimal text.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
npm_packages @grpc/proto-loader@0.8.1

cat >node.proto <<'END'
syntax = "proto3";
message Node {
  int32 node_id = 1;
  fixed64 incarnation = 2;
}
service Nodes {
  rpc Register(Node) returns (Node);
}
END
cat >seen.js <<'END'
const register = require('@grpc/proto-loader').loadSync('node.proto', {longs: String}).Nodes.Register;
for (const node of [
  {node_id: 7}, {nodeId: 7}, {nodeId: 4294967297}, {nodeId: 1.5}, {nodeId: '0x10'},
  {incarnation: '0x10'}, {incarnation: '16'}, {incarnation: -1},
]) {
  const bytes = register.requestSerialize(node);
  console.log(JSON.stringify(node), 'is sent as', JSON.stringify(register.requestDeserialize(bytes)));
}
END
expect "$(node seen.js)" <<'END'
{"node_id":7} is sent as {}
{"nodeId":7} is sent as {"nodeId":7}
{"nodeId":4294967297} is sent as {"nodeId":1}
{"nodeId":1.5} is sent as {"nodeId":1}
{"nodeId":"0x10"} is sent as {"nodeId":16}
{"incarnation":"0x10"} is sent as {"incarnation":"0"}
{"incarnation":"16"} is sent as {"incarnation":"16"}
{"incarnation":-1} is sent as {"incarnation":"0"}
END
