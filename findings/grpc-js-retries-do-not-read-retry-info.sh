#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7, retries by service config (gRFC A6).
#
# Guess: a server that refuses with google.rpc.RetryInfo in its status details, the documented way to say how long to
# wait, is asked again after that time.
# Seen: RetryInfo is not read; the client comes back after its own backoff of some milliseconds. The trailer
# grpc-retry-pushback-ms is obeyed: the next attempt comes when it says. A server that wants both kinds of clients to wait
# sends both.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
npm_packages @grpc/grpc-js@1.14.7

cat >seen.js <<'END'
const grpc = require('@grpc/grpc-js');
const raw = {requestStream: false, responseStream: false, path: '/Nodes/Register',
  requestSerialize: b => b, requestDeserialize: b => b, responseSerialize: b => b, responseDeserialize: b => b};
// google.rpc.Status{code 8, details [Any{RetryInfo{retry_delay 2 s}}]}
const url = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
const info = Buffer.from([0x0a, 0x02, 0x08, 0x02]);
const any = Buffer.concat([Buffer.from([0x0a, url.length]), url, Buffer.from([0x12, info.length]), info]);
const details = Buffer.concat([Buffer.from([0x08, 8, 0x1a, any.length]), any]);

async function told(key, value) {
  const server = new grpc.Server(), came = [];
  server.addService({Register: raw}, {Register: (call, reply) => {
    came.push(Date.now());
    if (came.length > 1) return reply(null, Buffer.alloc(0));
    const trailers = new grpc.Metadata();
    trailers.set(key, value);
    reply({code: grpc.status.RESOURCE_EXHAUSTED, details: 'later', metadata: trailers});
  }});
  const port = await new Promise((done, fail) => server.bindAsync('127.0.0.1:0',
    grpc.ServerCredentials.createInsecure(), (error, bound) => error ? fail(error) : done(bound)));
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.service_config': JSON.stringify({methodConfig: [{name: [{}], retryPolicy: {maxAttempts: 3,
      initialBackoff: '0.01s', maxBackoff: '0.02s', backoffMultiplier: 1, retryableStatusCodes: ['RESOURCE_EXHAUSTED']}}]})});
  await new Promise((done, fail) => client.makeUnaryRequest(raw.path, b => b, b => b, Buffer.alloc(0),
    error => error ? fail(error) : done()));
  console.log(`${key}, 2 s: asked again ${came[1] - came[0] < 1000 ? 'before 1 s' : 'after 1 s or more'}`);
  client.close();
  server.forceShutdown();
}

told('grpc-status-details-bin', details).then(() => told('grpc-retry-pushback-ms', '2000'));
END
expect "$(node seen.js)" <<'END'
grpc-status-details-bin, 2 s: asked again before 1 s
grpc-retry-pushback-ms, 2 s: asked again after 1 s or more
END
