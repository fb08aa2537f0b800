-- The log. Positions grow for ever, and nothing is changed or deleted: a
-- consumer that joins next year reads from position 0 like everyone before it.
CREATE TABLE IF NOT EXISTS events (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    type        TEXT NOT NULL,
    source      TEXT NOT NULL,
    id          TEXT NOT NULL,
    event       TEXT NOT NULL,
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    -- A relay that got no answer posts again; it is the same event, once.
    UNIQUE (source, id)
) STRICT;

-- The log of one type, in order.
CREATE INDEX IF NOT EXISTS events_by_type ON events (type, position);

-- Who wants what, and how far they are.
CREATE TABLE IF NOT EXISTS subscriptions (
    key       INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT    NOT NULL UNIQUE,
    types     TEXT    NOT NULL,      -- a JSON array; `*` in a type stands for anything
    sink      TEXT    NOT NULL,      -- where events are POSTed to
    from_file INTEGER NOT NULL CHECK (from_file IN (0, 1)),
    position  INTEGER NOT NULL,      -- everything up to here is delivered, or a dead letter
    gone      INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1))   -- the sink answered 410
) STRICT;

-- What could not be delivered: kept for a person to look at and send again.
CREATE TABLE IF NOT EXISTS dead_letters (
    subscription INTEGER NOT NULL REFERENCES subscriptions (key) ON DELETE CASCADE,
    position     INTEGER NOT NULL REFERENCES events (position),
    reason       TEXT    NOT NULL,
    since        TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (subscription, position)
) STRICT;
