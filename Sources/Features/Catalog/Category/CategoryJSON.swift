import Database
import Money
import Records
import Support
import Web

extension Category {
    /// The record as the API shows it.
    func json(_ names: CategoryNames) throws -> JSON {
        var members = [JSON.Member("id", .int(id))]
        for field in CategoryFields.all {
            members.append(JSON.Member(field.name, field.record.json(field.read(self), .euro)))
        }
        members.append(JSON.Member("level", .int(Int64(level))))
        members.append(JSON.Member("path", .string(path)))
        members.append(JSON.Member("full_name", .optional(try names.text(of: id))))
        members.append(JSON.Member("slug_path", .optional(try names.slugPath(of: id))))
        members += given
        return .object(members)
    }

    fileprivate var given: [JSON.Member] {
        [
            JSON.Member("version", .int(version)), JSON.Member("created_at", .string(createdAt.rfc3339)),
            JSON.Member("updated_at", .string(updatedAt.rfc3339)),
        ]
    }
}

extension CategoryFigures {
    /// The members that a list adds with `counts=1`.
    var members: [JSON.Member] {
        [
            JSON.Member("children", .int(children)), JSON.Member("products", .int(products)),
            JSON.Member("products_below", .int(productsBelow)),
        ]
    }
}

/// Makes a category from what a client wrote.
struct CategoryBody {
    enum Purpose {
        /// A new category: what is left out gets its default, the slug is made of the name.
        case create
        /// JSON Merge Patch (RFC 7396): what is left out stays, null clears.
        case merge
        /// All writable fields: what is left out is cleared, or gets its default.
        case replace
    }

    let purpose: Purpose

    /// The category that the body wants, and everything that is wrong with it.
    /// - Parameters:
    ///   - current: the category that it is written to, as `given` shows it; nil for a new one.
    ///   - others: members that are read elsewhere.
    func draft(
        _ body: JSON,
        onto current: Category?,
        given: JSON? = nil,
        others: [String] = []
    ) -> (category: Category, problems: [Problem]) {
        guard let members = body.members else {
            return (Category(), [Problem("", "not_an_object", "A category is an object, like {\"name\": \"Wine\"}.")])
        }
        var category = base(current)
        var problems: [Problem] = []
        for member in members where !others.contains(member.name) {
            take(member, into: &category, given, &problems)
            guard problems.count < ProductBody.mostProblems else { return (category, problems) }
        }
        let named = Set(problems.map(\.field))
        if purpose != .merge, body["name"] == nil { problems.append(Problem("name", "required", Self.noName)) }
        if category.slug.isEmpty, !named.contains("slug") { category.slug = CategorySlug.make(category.name) }
        return (category, problems)
    }

    private static let noName = "Name is missing: enter one."

    private func base(_ current: Category?) -> Category {
        guard let current else { return Category() }
        guard purpose == .replace else { return current }
        var category = current
        for field in CategoryFields.writable where !field.record.isRequired { field.write(&category, .none) }
        category.isActive = true
        category.slug = ""
        return category
    }

    private func take(
        _ member: JSON.Member,
        into category: inout Category,
        _ given: JSON?,
        _ problems: inout [Problem]
    ) {
        let name = member.name.shortened(to: 100)
        guard let field = CategoryFields.named(member.name), field.isWritable else {
            guard Self.readOnly.contains(where: member.name.hasSameBytes) else {
                problems.append(Problem(name, "unknown_field", "A category has no member '\(name)'."))
                return
            }
            // A parent is part of a new category's address; its caller reads it.
            guard let shown = given?[member.name], member.value.isUnchanged(from: shown) else {
                let cure = ["parent_id", "sort_order"].contains(name) ? "post to …/move" : "leave it out"
                let detail = "'\(name)' cannot be written here: \(cure), or send it as it is."
                problems.append(Problem(name, "read_only", detail))
                return
            }
            return
        }
        let written: String?
        switch member.value {
        case .null: written = nil
        case .bool(let flag) where field.record.kind == .boolean: written = flag ? "true" : "false"
        case let json where field.record.kind == .attributes: written = json.text
        default:
            guard field.record.kind != .boolean, let text = field.record.rules.written(member.value) else {
                let wanted = field.record.kind == .boolean ? "true or false" : field.record.rules.wanted
                problems.append(Problem(name, "wrong_type", "\(field.label) must be \(wanted)."))
                return
            }
            written = text
        }
        if let problem = field.set(written, of: &category) { problems.append(problem) }
    }

    /// Given by Bodega, or changed by moves.
    static let readOnly =
        CategoryFields.all.filter { !$0.isWritable }.map(\.name)
        + ["id", "level", "path", "full_name", "slug_path", "version", "created_at", "updated_at"]
}

extension CategoryField {
    /// Takes a value over from text; a problem leaves the old one.
    func set(_ text: String?, of category: inout Category) -> Problem? {
        switch record.parse(text, .euro, over: read(category)) {
        case .failure(let fault): return Problem(name, fault.code, fault.detail)
        case .success(.text(let slug)) where name == "slug" && !CategorySlug.isSlug(slug):
            let example = CategorySlug.make(slug)
            return Problem(name, "bad_slug", "A slug has lower-case letters, digits and hyphens, like \(example).")
        case .success(let value):
            write(&category, value)
            return nil
        }
    }
}
