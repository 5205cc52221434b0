-- +goose Up
-- One insert is one act, under the token act-N of its number: of several who write the same number ClickHouse keeps the first. It remembers the
-- last 10,000 tokens; a writer gives up long before so many others have written. The table has one partition, as tokens are those of one.
CREATE TABLE IF NOT EXISTS act
(
    seq        UInt64,
    id         String,
    at         DateTime64(6, 'UTC'),
    actor      String COMMENT 'a person by id; empty where nobody was signed in',
    via        LowCardinality(String),
    kind       LowCardinality(String),
    scope_kind LowCardinality(String),
    scope      LowCardinality(String),
    subject    String COMMENT 'what it is about, by id',
    body       String COMMENT 'JSON',
    prev_hash  String,
    hash       String
)
ENGINE = MergeTree ORDER BY seq
SETTINGS non_replicated_deduplication_window = 10000;

-- Names and addresses of people, apart from the log, so that they can be erased. The newest row of a person counts.
CREATE TABLE IF NOT EXISTS person
(
    id      String,
    name    String,
    address String COMMENT 'of mail; they sign in with it',
    at      DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (id, at);

-- What people sign in with: hashes of passwords and codes, sealed keys of authenticator apps. A row counts where the act of its id is in the log
-- and is the newest of its kind.
CREATE TABLE IF NOT EXISTS credential
(
    act    String,
    person String,
    kind   LowCardinality(String),
    secret String,
    until  DateTime64(6, 'UTC') COMMENT 'of a code',
    at     DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (person, act);

-- What became of sessions: begun, used, ended. Nobody can sign in with what stands here.
CREATE TABLE IF NOT EXISTS session
(
    hash   String COMMENT 'SHA-256 of the token',
    person String,
    event  LowCardinality(String),
    at     DateTime64(6, 'UTC'),
    client String COMMENT 'what it calls itself',
    step   UInt64 COMMENT 'of the authenticator app, whose code is taken once; 0 without one',
    kept   DateTime DEFAULT now() COMMENT 'by the clock of the engine'
)
ENGINE = MergeTree ORDER BY (hash, at)
TTL kept + INTERVAL 7 DAY;

-- +goose Down
DROP TABLE IF EXISTS session;
DROP TABLE IF EXISTS credential;
DROP TABLE IF EXISTS person;
DROP TABLE IF EXISTS act;
