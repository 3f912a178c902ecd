import AdminKit
import Database
import Identity
import Money
import RecordKit
import Records
import Support
import Web

/// `/api/products/{id}/metafields`: the values of one product. Writing one is a change of the product: its version
/// goes on, and `If-Match` takes its ETag.
enum ProductMetafieldAPI {
    private static let list: PathPattern = "/api/products/{id:int}/metafields"
    private static let one: PathPattern = "/api/products/{id:int}/metafields/{namespace}/{key}"

    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            list,
            access: .permission(.readProducts),
            Operation(
                "The metafields of a product in the order of their definitions",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("ProductMetafieldList")]]
            ),
            handler: all
        ),
        AppRoute(
            .get,
            one,
            access: .permission(.readProducts),
            Operation(
                "One metafield of a product",
                responses: [200: [.json("ProductMetafield")]]
            ),
            handler: show
        ),
        AppRoute(
            .put,
            one,
            access: .permission(.writeProducts),
            Operation(
                "Gives a product a metafield, or another value of it",
                request: [.json("ProductMetafieldReplacement")],
                responses: [
                    200: [.json("ProductMetafield")], 201: [.json("ProductMetafield")], 409: [.problem],
                    412: [.problem],
                ]
            ),
            handler: replace
        ),
        AppRoute(
            .delete,
            one,
            access: .permission(.writeProducts),
            Operation(
                "Takes a metafield from a product",
                responses: [204: [], 412: [.problem]]
            ),
            handler: delete
        ),
    ]

    // MARK: Reading

    @Sendable static func all(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        let query = try ListQuery(context.request, MetafieldDefinitionAPI.rules)
        let shown = try MetafieldShowing(context)
        let values = try ProductMetafieldStore(context.database, shown.currency).all(product.id)
        return try query.slice(values) { try shown.json($0, of: product) }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        let name = try name(context)
        try context.request.checkParameters([])
        let shown = try MetafieldShowing(context)
        guard let value = try ProductMetafieldStore(context.database, shown.currency).find(product.id, name) else {
            throw MetafieldRefusal.missing
        }
        return .json(try shown.json(value, of: product))
    }

    private static func find(_ context: RequestContext) throws -> Product {
        let id = try context.parameters.int("id")
        guard let product = try ProductStore(context.database).find(id) else { throw ProductRefusal.missing }
        return product
    }

    /// The metafield that the path names. Throws 404 for what is no name.
    private static func name(_ context: RequestContext) throws -> MetafieldName {
        let parameters = context.parameters
        let name = MetafieldName(checking: try parameters.string("namespace"), try parameters.string("key"))
        guard let name else { throw MetafieldRefusal.missing }
        return name
    }

    // MARK: Writing

    @Sendable static func replace(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        let name = try name(context)
        let json = try request.json()
        try request.checkParameters([])
        let shown = try MetafieldShowing(context)
        let store = ProductMetafieldStore(context.database, shown.currency)
        let former = try store.find(found.id, name)
        let wanted = try shown.value(json, name, over: former, of: found)
        let writer = try context.writeContext
        let product = try MetafieldRefusal.answered {
            try ProductStore(context.database).changeMetafields(found.id, shown.currency, writer) { current, present in
                try request.requireMatch(current.entityTag)
                var values = present
                values[name] = wanted
                guard values.count <= ProductMetafieldStore.most else { throw MetafieldRefusal.tooMany }
                return values
            }
        }
        guard let stored = try store.find(found.id, name) else { throw MetafieldRefusal.missing }
        return .json(try shown.json(stored, of: product), status: former == nil ? 201 : 200)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        let name = try name(context)
        try request.checkParameters([])
        let writer = try context.writeContext
        _ = try MetafieldRefusal.answered {
            try ProductStore(context.database).changeMetafields(found.id, context.currency, writer) {
                current,
                present in
                try request.requireMatch(current.entityTag)
                guard present[name] != nil else { throw MetafieldRefusal.missing }
                var values = present
                values[name] = nil
                return values
            }
        }
        return .noContent
    }
}

/// Shows and reads the metafields of products with what their definitions say.
struct MetafieldShowing {
    let currency: Currency
    let references: MetafieldReferences
    let definitions: [MetafieldName: MetafieldDefinition]

    init(_ context: RequestContext) throws {
        currency = try context.currency
        references = MetafieldReferences(context.database)
        let all = try MetafieldDefinitionStore(context.database).all()
        definitions = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The record as the API shows it.
    func json(_ metafield: ProductMetafield, of product: Product) throws -> JSON {
        let definition = definitions[metafield.name]
        return [
            "namespace": .string(metafield.name.namespace), "key": .string(metafield.name.key),
            "type": .string(metafield.typeName), "value": try metafield.value.json(references),
            "name": .optional(definition?.title), "description": .optional(definition?.description),
            "display_order": .optional(definition?.displayOrder), "is_visible": .bool(definition?.isVisible ?? true),
            "shopify_metafield_id": .optional(metafield.shopifyID), "product_version": .int(product.version),
            "created_at": .string(metafield.createdAt.rfc3339), "updated_at": .string(metafield.updatedAt.rfc3339),
        ]
    }

    /// The value that a body wants. Throws 422.
    func value(
        _ json: JSON,
        _ name: MetafieldName,
        over former: ProductMetafield?,
        of product: Product
    ) throws -> StoredMetafield {
        guard let members = json.members else {
            throw WebError.invalid([
                Problem("", "not_an_object", "A metafield is an object, like {\"value\": \"oak\"}.")
            ])
        }
        var problems: [Problem] = []
        let given = try former.map { try self.json($0, of: product) }
        for member in members where member.name != "value" && member.name != "type" {
            let field = member.name.shortened(to: 100)
            guard Self.readOnly.contains(where: member.name.hasSameBytes) else {
                problems.append(Problem(field, "unknown_field", "A metafield has no member '\(field)'."))
                continue
            }
            let shown = given?[member.name] ?? Self.address(name)[member.name]
            if shown.map(member.value.isUnchanged) == true { continue }
            let detail = "'\(field)' cannot be written here: leave it out, or send it as it is."
            problems.append(Problem(field, "read_only", detail))
        }
        guard let type = type(json["type"], name, former, &problems) else { throw WebError.invalid(problems) }
        let value = json["value"] ?? .null
        if value.isNull { problems.append(Problem("value", "required", "The value is missing; DELETE takes it away.")) }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let rules = definitions[name]?.rules ?? .none
        switch try MetafieldReader(type, rules, currency, references).read(value) {
        case .success(let value): return StoredMetafield(type, value)
        case .failure(let fault): throw WebError.invalid([Problem("value", fault.code, fault.detail)])
        }
    }

    private static let readOnly = [
        "namespace", "key", "name", "description", "display_order", "is_visible", "shopify_metafield_id",
        "product_version",
        "created_at",
        "updated_at",
    ]

    private static func address(_ name: MetafieldName) -> JSON {
        ["namespace": .string(name.namespace), "key": .string(name.key)]
    }

    private func type(
        _ sent: JSON?,
        _ name: MetafieldName,
        _ former: ProductMetafield?,
        _ problems: inout [Problem]
    ) -> MetafieldType? {
        let defined = definitions[name]?.type
        guard let sent, !sent.isNull else {
            if let type = defined ?? former?.type { return type }
            let detail = "No definition says what \(name) is: send its type, like single_line_text_field."
            problems.append(Problem("type", "required", detail))
            return nil
        }
        guard let type = sent.stringValue.flatMap({ MetafieldType($0) }) else {
            problems.append(Problem("type", "bad_type", "The type is one of those that the API document lists."))
            return nil
        }
        guard defined ?? type == type else {
            let detail = "The definition of \(name) says \(defined?.name ?? ""): send that, or leave the type out."
            problems.append(Problem("type", "other_type", detail))
            return nil
        }
        return type
    }
}
