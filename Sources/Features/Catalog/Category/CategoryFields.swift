import Records
import Support

/// One field of a category: its row in the field table, and where the value stands in `Category`.
struct CategoryField: Sendable {
    let record: RecordField
    /// Whether clients and forms write it; the others are changed by moves, or by Bodega.
    let isWritable: Bool
    let read: @Sendable (Category) -> RecordValue
    let write: @Sendable (inout Category, RecordValue) -> Void

    var name: String { record.name }
    var label: String { record.label }
}

/// All fields that a category has of its own, in the order in which they are shown and stored. Level and path are not
/// among them: they follow from its ancestors.
enum CategoryFields {
    static let all: [CategoryField] = [
        .text(RecordField("name", "Name", .text(max: 255, multiline: false), isRequired: true), \.name),
        .text(
            RecordField(
                "slug",
                "Slug",
                .text(max: CategorySlug.maxLength, multiline: false),
                isRequired: true,
                hint: "Stands in the shop's addresses. Lower-case letters, digits and hyphens."
            ),
            \.slug
        ),
        .optional(RecordField("description", "Description", .text(max: 10_000, multiline: true)), \.description),
        CategoryField(
            record: RecordField("parent_id", "Belongs to", .reference(table: "category")),
            isWritable: false,
            read: { category in category.parentID.map { .integer($0) } ?? .none },
            write: { category, value in
                if case .integer(let id) = value { category.parentID = id } else { category.parentID = nil }
            }
        ),
        CategoryField(
            record: RecordField("sort_order", "Order", .integer(0...Int64.max), isRequired: true),
            isWritable: false,
            read: { .integer($0.sortOrder) },
            write: { category, value in if case .integer(let number) = value { category.sortOrder = number } }
        ),
        CategoryField(
            record: RecordField("is_active", "Active", .boolean, isRequired: true, default: "true"),
            isWritable: true,
            read: { .integer($0.isActive ? 1 : 0) },
            write: { category, value in if case .integer(let number) = value { category.isActive = number != 0 } }
        ),
        .optional(
            RecordField("shopify_collection_id", "Shopify collection", .text(max: 100, multiline: false)),
            \.shopifyCollectionID
        ),
        .optional(
            RecordField("shopify_handle", "Shopify handle", .text(max: 255, multiline: false)),
            \.shopifyHandle
        ),
        CategoryField(
            record: RecordField("shopify_synced_at", "In Shopify since", .time),
            isWritable: false,
            read: { category in category.shopifySyncedAt.map { .integer($0.milliseconds) } ?? .none },
            write: { category, value in
                if case .integer(let number) = value {
                    category.shopifySyncedAt = Timestamp(milliseconds: number)
                } else {
                    category.shopifySyncedAt = nil
                }
            }
        ),
        .optional(
            RecordField("meta_data", "More data", .attributes, hint: "One a line, like Season: winter."),
            \.metaData
        ),
    ]

    static let writable = all.filter(\.isWritable)

    /// Categories as the record engine knows them, for their history. Their siblings, not this key, tell whether a
    /// slug is free: at the top there is no parent to compare.
    static let table = RecordTable(
        "category",
        Noun("category", "categories"),
        key: .exact(["parent_id", "slug"]),
        fields: all.map(\.record)
    )

    static func named(_ name: String) -> CategoryField? { all.first { $0.name.hasSameBytes(as: name) } }

    /// Fields as a revision keeps them: stored form, by column name.
    static func snapshot(_ category: Category, _ fields: [CategoryField] = all) -> JSON {
        .object(fields.map { JSON.Member($0.name, $0.read(category).stored) })
    }

    /// Those with different values.
    static func differing(_ one: Category, _ other: Category) -> [CategoryField] {
        all.filter { $0.read(one) != $0.read(other) }
    }
}

extension CategoryField {
    fileprivate static func text(
        _ record: RecordField,
        _ path: any WritableKeyPath<Category, String> & Sendable
    ) -> CategoryField {
        CategoryField(
            record: record,
            isWritable: true,
            read: { .text($0[keyPath: path]) },
            write: { category, value in if case .text(let text) = value { category[keyPath: path] = text } }
        )
    }

    fileprivate static func optional(
        _ record: RecordField,
        _ path: any WritableKeyPath<Category, String?> & Sendable
    ) -> CategoryField {
        CategoryField(
            record: record,
            isWritable: true,
            read: { category in category[keyPath: path].map { .text($0) } ?? .none },
            write: { category, value in
                if case .text(let text) = value {
                    category[keyPath: path] = text
                } else {
                    category[keyPath: path] = nil
                }
            }
        )
    }
}

extension StoredRecord {
    /// A category as its table holds it.
    init(_ category: Category) {
        self.init(
            id: category.id,
            values: CategoryFields.all.map { $0.read(category) },
            version: category.version,
            createdAt: category.createdAt,
            updatedAt: category.updatedAt
        )
    }
}
