import Database
import Records

/// The migrations of customers, newest last.
enum CustomersSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-12-01-21 customers: people who buy",
            up: RecordSchema.create(Customer.table) + [
                RecordSchema.index(Customer.table, ["updated_at"]), RecordSchema.index(Customer.table, ["email"]),
                RecordSchema.index(Customer.table, ["phone"]), RecordSchema.index(Customer.table, ["country"]),
                RecordSchema.index(Customer.table, ["city"]), RecordSchema.index(Customer.table, ["postal_code"]),
                RecordSchema.index(Customer.table, ["bounced"]), RecordSchema.index(Customer.table, ["optout"]),
                RecordSchema.index(Customer.table, ["contactable"]),
                // A search finds people by the beginning of a name in any case.
                "CREATE INDEX customer_by_first_name ON customer (lower(first_name))",
                "CREATE INDEX customer_by_last_name ON customer (lower(last_name))",
            ],
            down: RecordSchema.drop(Customer.table)
        ),
        Migration(
            "2026-12-01-22 customers: merges",
            up: [
                """
                CREATE TABLE customer_merge (
                    id \(.identity),
                    customer_id INTEGER NOT NULL,
                    into_id INTEGER NOT NULL,
                    reason TEXT,
                    actor TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    ended_at INTEGER,
                    ended_by TEXT
                ) \(.strict)
                """,
                "CREATE UNIQUE INDEX customer_merge_standing ON customer_merge (customer_id) WHERE ended_at IS NULL",
                "CREATE INDEX customer_merge_by_root ON customer_merge (into_id, ended_at)",
            ],
            down: ["DROP TABLE customer_merge"]
        ),
    ]
}
