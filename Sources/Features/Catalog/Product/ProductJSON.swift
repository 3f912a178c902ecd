import ImportEngine
package import Money
import Records
package import Support
import Web

extension Product {
    /// The record as the API shows it.
    package func json(_ currency: Currency) -> JSON {
        var members: [JSON.Member] = []
        members.reserveCapacity(ProductFields.all.count + 6)
        members.append(JSON.Member("id", .int(id)))
        for field in ProductFields.all {
            members.append(JSON.Member(field.name, field.json(field.read(self), currency)))
        }
        members.append(JSON.Member("active", .bool(isActive)))
        members.append(JSON.Member("version", .int(version)))
        members.append(JSON.Member("created_at", .string(createdAt.rfc3339)))
        members.append(JSON.Member("updated_at", .string(updatedAt.rfc3339)))
        members.append(JSON.Member("synced_at", .optional(syncedAt?.rfc3339)))
        return .object(members)
    }
}

/// Makes a product from what a client wrote.
struct ProductBody {
    enum Purpose {
        /// A new product: what is left out gets its default.
        case create
        /// JSON Merge Patch (RFC 7396): what is left out stays, null clears.
        case merge
        /// All writable fields: what is left out is cleared, or gets its default.
        case replace
    }

    /// Problems that one answer lists at most, see `WebError.invalid`.
    static let mostProblems = 100

    let purpose: Purpose
    let currency: Currency

    /// The product that the body wants, with everything that is wrong with it.
    /// - Parameter current: the product that it is written to; nil for a new one.
    func draft(_ body: JSON, onto current: Product?) -> ProductDraft {
        guard let members = body.members else {
            var draft = ProductDraft()
            draft.problems = [Problem("", "not_an_object", "A product is an object, like {\"sku\": \"A-1\"}.")]
            return draft
        }
        var draft = ProductDraft(base(current))
        for member in members {
            take(member, into: &draft, current)
            guard draft.problems.count < Self.mostProblems else { return draft }
        }
        if purpose != .merge {
            for field in ProductFields.all where body[field.name] == nil && !field.read(draft.product).isPresent {
                draft.set(field, nil, currency)
            }
        }
        if let active = body["active"] { takeActive(active, body["status"], into: &draft, current) }
        draft.checkUnits()
        return draft
    }

    private func base(_ current: Product?) -> Product {
        guard let current else { return Product() }
        guard purpose == .replace else { return current }
        var product = Product()
        product.id = current.id
        product.version = current.version
        product.createdAt = current.createdAt
        product.updatedAt = current.updatedAt
        product.syncedAt = current.syncedAt
        return product
    }

    private func take(_ member: JSON.Member, into draft: inout ProductDraft, _ current: Product?) {
        if let field = ProductFields.named(member.name) {
            if field.kind == .attributes, !member.value.isNull {
                return takeAttributes(member.value, field, into: &draft, current)
            }
            if member.value.isNull {
                draft.set(field, nil, currency)
            } else if let text = field.record.rules.written(member.value) {
                draft.set(field, text, currency)
            } else {
                draft.problems.append(Self.wrongType(field.record))
            }
        } else if Self.readOnly.contains(where: member.name.hasSameBytes) {
            guard let given = current.flatMap({ Self.given($0)[member.name] }), member.value.isUnchanged(from: given)
            else {
                let detail = "'\(member.name)' is given by Bodega: leave it out, or send it as it is."
                draft.problems.append(Problem(member.name, "read_only", detail))
                return
            }
        } else if !member.name.hasSameBytes(as: "active") {
            let name = member.name.shortened(to: 100)
            draft.problems.append(Problem(name, "unknown_field", "A product has no member '\(name)'."))
        }
    }

    private func takeAttributes(
        _ json: JSON,
        _ field: ProductField,
        into draft: inout ProductDraft,
        _ current: Product?
    ) {
        let value = AttributesKind.checked { () throws(CustomAttributes.Refusal) in
            let former = try CustomAttributes.standing(current.map(field.read) ?? .none)
            if purpose == .merge { return try former.merging(json) }
            // In a new object a null says that there is no such member (RFC 7396).
            return try CustomAttributes.none.merging(json, over: former)
        }
        switch value {
        case .success(let value): field.write(&draft.product, value)
        case .failure(let fault): draft.problems.append(ValidationFailure(fault, in: field.record).problem)
        }
    }

    private static func wrongType(_ field: RecordField) -> Problem {
        let detail = "\(field.label) must be \(field.rules.wanted)\(field.isRequired ? "" : " or null")."
        return Problem(field.name, "wrong_type", detail)
    }

    static let readOnly = ["id", "version", "created_at", "updated_at", "synced_at"]

    /// What Bodega gives a product, as it shows it.
    private static func given(_ product: Product) -> [String: JSON] {
        [
            "id": .int(product.id), "version": .int(product.version),
            "created_at": .string(product.createdAt.rfc3339), "updated_at": .string(product.updatedAt.rfc3339),
            "synced_at": .optional(product.syncedAt?.rfc3339),
        ]
    }

    /// `active` stands for the status: true for active, false for draft unless it is off already.
    private func takeActive(
        _ value: JSON,
        _ status: JSON?,
        into draft: inout ProductDraft,
        _ current: Product?
    ) {
        guard let active = value.boolValue else {
            draft.problems.append(Problem("active", "bad_boolean", "'active' must be true or false."))
            return
        }
        if status != nil {
            guard draft.problems.contains(where: { $0.field == "status" }) || active == draft.product.isActive else {
                let detail = "'active' contradicts 'status': send one of them, or both in agreement."
                draft.problems.append(Problem("active", "contradiction", detail))
                return
            }
        } else if active {
            draft.product.status = .active
        } else {
            let before = current?.status ?? .active
            draft.product.status = before == .active ? .draft : before
        }
    }
}

extension RecordValue {
    fileprivate var isPresent: Bool { self != .none && self != .text("") }
}
