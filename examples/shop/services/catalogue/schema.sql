-- What this company sells. Nobody else writes here, and nobody else reads here:
-- other systems keep their own copy, made from this service's events.
CREATE TABLE IF NOT EXISTS products (
    sku           TEXT    NOT NULL PRIMARY KEY,
    seller        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    creator       TEXT    NOT NULL,
    price_cents   INTEGER NOT NULL CHECK (price_cents >= 0),
    initial_stock INTEGER NOT NULL CHECK (initial_stock >= 0),
    on_sale       INTEGER NOT NULL CHECK (on_sale IN (0, 1)),
    version       INTEGER NOT NULL CHECK (version >= 1)
) STRICT;
