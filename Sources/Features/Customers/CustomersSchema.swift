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
        )
    ]
}
