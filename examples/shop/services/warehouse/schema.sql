-- How much of everything lies on the shelves, whichever company sells it.
CREATE TABLE IF NOT EXISTS stock (
    sku     TEXT    NOT NULL PRIMARY KEY,
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0)
) STRICT;

-- What was decided about each order. An order's number is unique only within
-- the shop that gave it, so the shop is part of the key.
CREATE TABLE IF NOT EXISTS reservations (
    order_source TEXT    NOT NULL,
    order_id     TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    quantity     INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    reason       TEXT,               -- why nothing was reserved; NULL when it was
    PRIMARY KEY (order_source, order_id)
) STRICT;
