-- A replica: every company's products, copied from their events. It may be a
-- second behind; in return the shop goes on selling while a catalogue is down.
CREATE TABLE IF NOT EXISTS products (
    sku         TEXT    NOT NULL PRIMARY KEY,
    seller      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    creator     TEXT    NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    on_sale     INTEGER NOT NULL CHECK (on_sale IN (0, 1)),
    version     INTEGER NOT NULL CHECK (version >= 1)
) STRICT;

-- Orders are ours: this is the one place where an order is decided.
CREATE TABLE IF NOT EXISTS orders (
    order_id    TEXT    NOT NULL PRIMARY KEY,
    customer    TEXT    NOT NULL CHECK (length(customer) BETWEEN 1 AND 80),
    sku         TEXT    NOT NULL,
    seller      TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    total_cents INTEGER NOT NULL CHECK (total_cents >= 0),
    placed_at   TEXT    NOT NULL,
    status      TEXT    NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'reserved', 'rejected')),
    reason      TEXT,                -- why it was rejected
    points      INTEGER,             -- what loyalty gave for it
    balance     INTEGER
) STRICT;
