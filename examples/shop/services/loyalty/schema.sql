-- One account per customer of either company.
CREATE TABLE IF NOT EXISTS accounts (
    customer TEXT    NOT NULL PRIMARY KEY CHECK (length(customer) BETWEEN 1 AND 80),
    points   INTEGER NOT NULL CHECK (points >= 0)
) STRICT;
