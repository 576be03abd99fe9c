PRAGMA user_version = 1;
PRAGMA application_id = 1383033964;
CREATE TABLE registry (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
INSERT INTO registry VALUES(1,'b70e1b7619e593f7');
CREATE TABLE namespace (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL, checksum INTEGER NOT NULL
) STRICT;
INSERT INTO namespace VALUES(1,'alpha','{"revision":13,"nodes":4,"ended":3,"bootstrap":{"epoch":1,"founder":{"node":1,"incarnation":{"number":11,"implicit":false}},"confirmed":true},"leader":{"term":3,"elected":1,"leader":{"node":1,"incarnation":{"number":11,"implicit":false}},"since":"2026-11-27T20:09:13.002303022Z"}}',3738502853);
INSERT INTO namespace VALUES(2,'beta','{"revision":3,"nodes":1,"ended":0,"bootstrap":{"epoch":1,"founder":{"node":1,"incarnation":{"number":101,"implicit":false}},"confirmed":false},"leader":{"term":0,"leader":{"node":1,"incarnation":{"number":101,"implicit":false}},"since":"2026-11-27T20:09:15.649354147Z"}}',3462684582);
CREATE TABLE node (
  namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO node VALUES(1,1,'{"session":{"node":1,"incarnation":{"number":11,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{"zone":"\"ä中\""}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:12.175347674Z","epoch":1,"joinedAt":"2026-11-27T20:09:12.175347674Z","revision":1}',571387545);
INSERT INTO node VALUES(1,2,'{"session":{"node":2,"incarnation":{"number":23,"implicit":false}},"details":{"host":"10.0.0.2","port":5000,"capabilities":["raft"],"metadata":{"rack":"b"}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:14.370640113Z","epoch":1,"joinedAt":"2026-11-27T20:09:14.370640113Z","revision":7}',2797675822);
INSERT INTO node VALUES(1,4,'{"session":{"node":4,"incarnation":{"number":44,"implicit":false}},"details":{"host":"10.0.0.4","port":5000,"capabilities":["raft"],"metadata":{}},"status":"FAILED","statusSince":"2026-11-27T20:09:19.561256799Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.423696798Z","revision":13}',881615668);
INSERT INTO node VALUES(1,5,'{"session":{"node":5,"incarnation":{"number":11,"implicit":true}},"details":{"host":"10.0.0.5","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:15.593249917Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.593249917Z","revision":11}',2806847851);
INSERT INTO node VALUES(2,1,'{"session":{"node":1,"incarnation":{"number":101,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:15.649354147Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.649354147Z","revision":1}',1619064250);
CREATE TABLE ended (
  namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO ended VALUES(1,2,'[{"incarnation":{"number":22,"implicit":false},"reason":"REPLACED"}]',1153069062);
INSERT INTO ended VALUES(1,3,'[{"incarnation":{"number":33,"implicit":false},"reason":"REMOVED"}]',2774186973);
INSERT INTO ended VALUES(1,4,'[{"incarnation":{"number":44,"implicit":false},"reason":"EXPIRED"}]',3022459856);
CREATE TABLE step (
  namespace INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO step VALUES(1,1,'{"epoch":1,"node":{"session":{"node":1,"incarnation":{"number":11,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{"zone":"\"ä中\""}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:12.175347674Z","epoch":1,"joinedAt":"2026-11-27T20:09:12.175347674Z","revision":1}}',2818724866);
INSERT INTO step VALUES(1,2,'{"epoch":1,"bootstrap":{"epoch":1,"founder":{"node":1,"incarnation":{"number":11,"implicit":false}},"confirmed":false}}',1295033349);
INSERT INTO step VALUES(1,3,'{"epoch":1,"leader":{"term":0,"leader":{"node":1,"incarnation":{"number":11,"implicit":false}},"since":"2026-11-27T20:09:12.175347674Z"}}',2610199177);
INSERT INTO step VALUES(1,4,'{"epoch":1,"leader":{"term":3,"elected":1,"leader":{"node":1,"incarnation":{"number":11,"implicit":false}},"since":"2026-11-27T20:09:13.002303022Z"}}',3724231034);
INSERT INTO step VALUES(1,5,'{"epoch":1,"bootstrap":{"epoch":1,"founder":{"node":1,"incarnation":{"number":11,"implicit":false}},"confirmed":true}}',457207761);
INSERT INTO step VALUES(1,6,'{"epoch":1,"node":{"session":{"node":2,"incarnation":{"number":22,"implicit":false}},"details":{"host":"10.0.0.2","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:14.033271609Z","epoch":1,"joinedAt":"2026-11-27T20:09:14.033271609Z","revision":6}}',2471709392);
INSERT INTO step VALUES(1,7,'{"epoch":1,"node":{"session":{"node":2,"incarnation":{"number":23,"implicit":false}},"details":{"host":"10.0.0.2","port":5000,"capabilities":["raft"],"metadata":{"rack":"b"}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:14.370640113Z","epoch":1,"joinedAt":"2026-11-27T20:09:14.370640113Z","revision":7},"ended":{"incarnation":{"number":22,"implicit":false},"reason":"REPLACED"}}',3515841382);
INSERT INTO step VALUES(1,8,'{"epoch":1,"node":{"session":{"node":3,"incarnation":{"number":33,"implicit":false}},"details":{"host":"10.0.0.3","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:14.835704543Z","epoch":1,"joinedAt":"2026-11-27T20:09:14.835704543Z","revision":8}}',715102361);
INSERT INTO step VALUES(1,9,'{"epoch":1,"gone":3,"ended":{"incarnation":{"number":33,"implicit":false},"reason":"REMOVED"}}',2371432902);
INSERT INTO step VALUES(1,10,'{"epoch":1,"node":{"session":{"node":4,"incarnation":{"number":44,"implicit":false}},"details":{"host":"10.0.0.4","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:15.423696798Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.423696798Z","revision":10}}',3767562627);
INSERT INTO step VALUES(1,11,'{"epoch":1,"node":{"session":{"node":5,"incarnation":{"number":11,"implicit":true}},"details":{"host":"10.0.0.5","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:15.593249917Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.593249917Z","revision":11}}',3602022095);
INSERT INTO step VALUES(1,12,'{"epoch":1,"node":{"session":{"node":4,"incarnation":{"number":44,"implicit":false}},"details":{"host":"10.0.0.4","port":5000,"capabilities":["raft"],"metadata":{}},"status":"SUSPECTED","statusSince":"2026-11-27T20:09:18.146868254Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.423696798Z","revision":12}}',2322107799);
INSERT INTO step VALUES(1,13,'{"epoch":1,"node":{"session":{"node":4,"incarnation":{"number":44,"implicit":false}},"details":{"host":"10.0.0.4","port":5000,"capabilities":["raft"],"metadata":{}},"status":"FAILED","statusSince":"2026-11-27T20:09:19.561256799Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.423696798Z","revision":13},"ended":{"incarnation":{"number":44,"implicit":false},"reason":"EXPIRED"}}',3279805442);
INSERT INTO step VALUES(2,1,'{"epoch":1,"node":{"session":{"node":1,"incarnation":{"number":101,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-27T20:09:15.649354147Z","epoch":1,"joinedAt":"2026-11-27T20:09:15.649354147Z","revision":1}}',3366331605);
INSERT INTO step VALUES(2,2,'{"epoch":1,"bootstrap":{"epoch":1,"founder":{"node":1,"incarnation":{"number":101,"implicit":false}},"confirmed":false}}',3059626688);
INSERT INTO step VALUES(2,3,'{"epoch":1,"leader":{"term":0,"leader":{"node":1,"incarnation":{"number":101,"implicit":false}},"since":"2026-11-27T20:09:15.649354147Z"}}',2180442979);
