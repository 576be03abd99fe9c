PRAGMA application_id = 1383033964;
PRAGMA user_version = 1;
CREATE TABLE registry (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
INSERT INTO registry VALUES(1,'809d04d2324a2ab8');
CREATE TABLE namespace (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL, checksum INTEGER NOT NULL
) STRICT;
INSERT INTO namespace VALUES(1,'kept','{"revision":6,"nodes":1,"ended":2,"bootstrap":{"epoch":2,"confirmed":false},"leader":{"term":7,"elected":1,"leader":{"node":1,"incarnation":{"number":11,"implicit":false}},"since":"2026-11-01T12:00:00.123456789Z"}}',1033671390);
INSERT INTO namespace VALUES(2,'other','{"revision":1,"nodes":1,"ended":0,"bootstrap":{"epoch":1,"confirmed":false},"leader":{"term":0,"since":"2026-11-01T12:00:00.123456789Z"}}',311779757);
CREATE TABLE node (
  namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO node VALUES(1,2,'{"session":{"node":2,"incarnation":{"number":22,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":4}',2791487486);
INSERT INTO node VALUES(2,5,'{"session":{"node":5,"incarnation":{"number":51,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":1}',755328193);
CREATE TABLE ended (
  namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO ended VALUES(1,1,'[{"incarnation":{"number":11,"implicit":false},"reason":"REMOVED"}]',4224242461);
INSERT INTO ended VALUES(1,2,'[{"incarnation":{"number":21,"implicit":false},"reason":"REPLACED"}]',3254231679);
CREATE TABLE step (
  namespace INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (namespace, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO step VALUES(1,1,'{"epoch":1,"node":{"session":{"node":1,"incarnation":{"number":11,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":1}}',1320738384);
INSERT INTO step VALUES(1,2,'{"epoch":1,"node":{"session":{"node":2,"incarnation":{"number":21,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":2}}',1540946860);
INSERT INTO step VALUES(1,3,'{"epoch":1,"leader":{"term":7,"elected":1,"leader":{"node":1,"incarnation":{"number":11,"implicit":false}},"since":"2026-11-01T12:00:00.123456789Z"}}',3619704215);
INSERT INTO step VALUES(1,4,'{"epoch":1,"node":{"session":{"node":2,"incarnation":{"number":22,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":4},"ended":{"incarnation":{"number":21,"implicit":false},"reason":"REPLACED"}}',3240869900);
INSERT INTO step VALUES(1,5,'{"epoch":1,"gone":1,"ended":{"incarnation":{"number":11,"implicit":false},"reason":"REMOVED"}}',1192483619);
INSERT INTO step VALUES(1,6,'{"epoch":2,"bootstrap":{"epoch":2,"confirmed":false}}',3558544989);
INSERT INTO step VALUES(2,1,'{"epoch":1,"node":{"session":{"node":5,"incarnation":{"number":51,"implicit":false}},"details":{"host":"10.0.0.1","port":5000,"capabilities":["raft"],"metadata":{}},"status":"ACTIVE","statusSince":"2026-11-01T12:00:00.123456789Z","epoch":1,"joinedAt":"2026-11-01T12:00:00.123456789Z","revision":1}}',1236255899);
