-- The peer of the import: what somebody who knows SQLite would type. Run in a folder that holds products.csv:
--
--     sqlite3 catalogue.db < shell.sql
--
-- The same script loads an empty catalogue and takes a changed file into a full one. Rows are found by the folded SKU,
-- of several rows with one SKU the last one counts, a row that changes nothing is not written, and the text index
-- follows. Secondary indexes are made behind the rows, which on a first load is the quick way and later does nothing.
.bail on
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;

CREATE TABLE IF NOT EXISTS product (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sku TEXT NOT NULL,
    sku_norm TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT,
    price INTEGER,
    status TEXT NOT NULL DEFAULT 'active',
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    brand TEXT,
    compare_at_price INTEGER,
    upc TEXT,
    custom_attributes TEXT,
    short_description TEXT,
    cost_price INTEGER,
    manufacturer TEXT,
    manufacturer_part_number TEXT,
    weight INTEGER,
    weight_unit TEXT,
    length INTEGER,
    width INTEGER,
    height INTEGER,
    dimension_unit TEXT,
    inventory_quantity INTEGER,
    inventory_tracked INTEGER,
    seo_title TEXT,
    seo_description TEXT,
    seo_handle TEXT,
    shopify_product_id TEXT,
    shopify_variant_id TEXT,
    group_key TEXT,
    option_1_name TEXT,
    option_1_value TEXT,
    option_2_name TEXT,
    option_2_value TEXT,
    option_3_name TEXT,
    option_3_value TEXT,
    synced_at INTEGER
) STRICT;
-- Keeps something right, so it is there from the start; what has no handle is not in it.
CREATE UNIQUE INDEX IF NOT EXISTS product_handle ON product (seo_handle) WHERE seo_handle IS NOT NULL;
CREATE VIRTUAL TABLE IF NOT EXISTS product_text USING fts5 (
    sku, name, brand, description,
    content = 'product', content_rowid = 'id', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
);
-- Fewer and longer segments: a quarter of the index's time.
INSERT INTO product_text (product_text, rank) VALUES ('hashsize', 16777216), ('automerge', 0);

CREATE TEMP TABLE incoming (sku TEXT, name TEXT, description TEXT, price TEXT, status TEXT);
.import --csv --skip 1 products.csv incoming

-- Products that were there keep their words in the index by this; it fires for those that change.
CREATE TEMP TRIGGER product_changed AFTER UPDATE OF sku, name, brand, description ON product BEGIN
    INSERT INTO product_text (product_text, rowid, sku, name, brand, description)
    VALUES ('delete', old.id, old.sku, old.name, old.brand, old.description);
    INSERT INTO product_text (rowid, sku, name, brand, description)
    VALUES (new.id, new.sku, new.name, new.brand, new.description);
END;
CREATE TEMP TABLE before AS SELECT coalesce(max(id), 0) AS id FROM product;

BEGIN IMMEDIATE;
INSERT INTO product (sku, sku_norm, name, description, price, status, created_at, updated_at)
SELECT
    trim(sku), lower(trim(sku)), trim(name), nullif(trim(description), ''),
    CAST(round(price * 100) AS INTEGER), coalesce(nullif(trim(status), ''), 'active'),
    CAST(unixepoch() * 1000 AS INTEGER), CAST(unixepoch() * 1000 AS INTEGER)
FROM incoming
WHERE rowid IN (SELECT max(rowid) FROM incoming GROUP BY lower(trim(sku)))
ON CONFLICT (sku_norm) DO UPDATE SET
    sku = excluded.sku, name = excluded.name, description = excluded.description, price = excluded.price,
    status = excluded.status, version = version + 1, updated_at = excluded.updated_at
WHERE (product.sku, product.name, product.description, product.price, product.status)
    IS NOT (excluded.sku, excluded.name, excluded.description, excluded.price, excluded.status);
CREATE INDEX IF NOT EXISTS product_status ON product (status, id);
CREATE INDEX IF NOT EXISTS product_name ON product (name);
CREATE INDEX IF NOT EXISTS product_updated_at ON product (updated_at);
CREATE INDEX IF NOT EXISTS product_price ON product (price, id);
CREATE INDEX IF NOT EXISTS product_brand ON product (brand, id) WHERE brand IS NOT NULL;
CREATE INDEX IF NOT EXISTS product_group ON product (group_key, id) WHERE group_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS product_stock ON product (inventory_quantity, id) WHERE inventory_quantity IS NOT NULL;
INSERT INTO product_text (rowid, sku, name, brand, description)
SELECT id, sku, name, brand, description FROM product WHERE id > (SELECT id FROM before);
COMMIT;

SELECT count(*) FROM product;
