-- An act, under its number. Its caller sets the token by which ClickHouse keeps the first of several with one number.
INSERT INTO act (seq, id, at, actor, via, kind, scope_kind, scope, subject, body, prev_hash, hash)
