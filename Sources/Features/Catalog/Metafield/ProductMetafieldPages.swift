import AdminKit
import Database
import Identity
import Markup
import Money
import RecordKit
import Records
import Support
import Web

/// The metafields on the page of a product.
enum ProductMetafieldPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            CatalogPath.productMetafields,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Changes the metafields of a product"),
            handler: save
        )
    ]

    /// What the page of a product shows of them; nil where there is nothing to show.
    static func section(_ product: Product, _ context: RequestContext) throws -> MetafieldSection? {
        let form = try MetafieldForm(product, context)
        guard !form.entries.isEmpty else { return nil }
        return MetafieldSection(productID: product.id, version: product.version, fields: try form.fields())
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        let sent = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = sent["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        let form = try MetafieldForm(product, context)
        let (changes, problems) = try form.read(sent)
        guard problems.isEmpty, seen == product.version else {
            return try refused(product, form, sent, problems, context)
        }
        do {
            let writer = try context.writeContext
            _ = try MetafieldRefusal.answered {
                try ProductStore(context.database).changeMetafields(product.id, form.currency, writer) {
                    current,
                    present in
                    guard current.version == seen else { throw StaleForm(product: current) }
                    return present.merging(changes.compactMapValues { $0 }) { _, new in new }
                        .filter { name, _ in changes[name] != .some(nil) }
                }
            }
            return .seeOther("\(CatalogPath.product(product.id))?done=saved")
        } catch let stale as StaleForm {
            return try refused(stale.product, try MetafieldForm(stale.product, context), sent, [], context)
        }
    }

    /// Another request was quicker.
    private struct StaleForm: Error {
        let product: Product
    }

    /// The page with what was typed: with the problems at their controls or, where there are none, with the word that
    /// the product was changed meanwhile.
    private static func refused(
        _ product: Product,
        _ form: MetafieldForm,
        _ sent: Fields,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let (fields, rest) = form.fields(sent).showing(problems)
        var section = MetafieldSection(productID: product.id, version: product.version, fields: fields)
        section.problems = rest
        section.isStale = problems.isEmpty
        let html = try ProductPages.page(product, context) { $0.metafields = section }
        return .page(html, status: problems.isEmpty ? 409 : 422)
    }
}

/// The controls of a product's metafields, and what is typed into them.
struct MetafieldForm {
    /// One metafield of the form.
    struct Entry {
        var name: MetafieldName
        var title: String
        var hint: String?
        var type: MetafieldType
        var rules: MetafieldRules
        var value: MetafieldValue?
    }

    let currency: Currency
    let entries: [Entry]
    private let references: MetafieldReferences

    /// All that are defined to be shown, and those that the product has without a definition.
    init(_ product: Product, _ context: RequestContext) throws {
        currency = try context.currency
        references = MetafieldReferences(context.database)
        let values = try ProductMetafieldStore(context.database, currency).all(product.id)
        let definitions = try MetafieldDefinitionStore(context.database).all()
        let defined = definitions.filter(\.isVisible).map { definition in
            Entry(
                name: definition.name,
                title: definition.title,
                hint: definition.description,
                type: definition.type,
                rules: definition.rules,
                value: values.first { $0.name == definition.name }?.value
            )
        }
        let known = Set(definitions.map(\.name))
        let others = values.filter { !known.contains($0.name) }.compactMap { metafield in
            metafield.type.map { type in
                Entry(
                    name: metafield.name,
                    title: metafield.name.description,
                    type: type,
                    rules: MetafieldRules(scaleOf: metafield.value),
                    value: metafield.value
                )
            }
        }
        entries = defined + others
    }

    // MARK: Controls

    /// The controls with the values that there are.
    func fields() throws -> [FormField] { try entries.flatMap { try controls($0, typed($0)) } }

    /// The controls with what was sent.
    func fields(_ sent: Fields) -> [FormField] {
        entries.flatMap { entry in
            controls(entry, Typed(text: sent[entry.name.column] ?? "", unit: sent[unitName(entry)] ?? ""))
        }
    }

    /// What stands in the controls of one metafield.
    private struct Typed: Equatable {
        var text: String
        var unit: String
    }

    private func typed(_ entry: Entry) throws -> Typed {
        guard case .measurement(let measure) = entry.type.kind, !entry.type.isList else {
            return Typed(text: try entry.value?.lines(references) ?? "", unit: "")
        }
        guard case .measurement(let number, let unit, _) = entry.value else {
            return Typed(text: "", unit: measure.units[0].name)
        }
        return Typed(text: number.text, unit: unit.name)
    }

    private func unitName(_ entry: Entry) -> String { "\(entry.name.column).unit" }

    private func controls(_ entry: Entry, _ typed: Typed) -> [FormField] {
        let field = FormField(
            entry.name.column,
            entry.title,
            kind(entry),
            value: typed.text,
            hint: hint(entry),
            maxLength: entry.type.isList || !entry.type.kind.isText
                ? nil : entry.rules.longest ?? entry.type.kind.mostCharacters
        )
        guard case .measurement(let measure) = entry.type.kind, !entry.type.isList, entry.rules.choices.isEmpty else {
            return [field]
        }
        let units = measure.units.map { FormField.Choice($0.name, $0.name) }
        return [
            field,
            FormField(unitName(entry), "\(entry.title), unit", .select(units), value: typed.unit, isRequired: true),
        ]
    }

    private func kind(_ entry: Entry) -> FormField.Kind {
        if entry.type.isList { return .textArea() }
        if !entry.rules.choices.isEmpty {
            return .select([.init("", "None")] + entry.rules.choices.map { .init($0, $0) })
        }
        switch entry.type.kind {
        case .multiLine, .richText, .json: return .textArea()
        case .integer: return .wholeNumber
        case .decimal, .rating, .measurement: return .decimal
        case .boolean: return .select([.init("", "Nothing said"), .init("true", "Yes"), .init("false", "No")])
        case .date: return .date
        case .money: return .money(currency: currency.code)
        default: return .text()
        }
    }

    private func hint(_ entry: Entry) -> String? {
        let form: String?
        switch entry.type.kind {
        case .singleLine, .multiLine, .integer, .boolean, .date, .money, .id, .measurement: form = nil
        case .rating: form = entry.rules.scale.map { "From \($0.least.text) to \($0.most.text)." }
        case .decimal: form = nil
        default: form = "Takes \(entry.type.kind.wanted)."
        }
        let list = entry.type.isList ? "One value a line." : nil
        let parts = [entry.hint, form, list].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    // MARK: What was typed

    /// The metafields that the form changes, nil where one goes; and everything that is wrong. A control that was left
    /// as it was changes nothing, even where rules that came later would refuse its value.
    func read(_ sent: Fields) throws -> (changes: [MetafieldName: StoredMetafield?], problems: [Problem]) {
        var changes: [MetafieldName: StoredMetafield?] = [:]
        var problems: [Problem] = []
        for entry in entries {
            guard let raw = sent[entry.name.column] else { continue }
            let typed = Typed(text: ProductForm.plainBreaks(raw), unit: sent[unitName(entry)] ?? "")
            let stands = try self.typed(entry)
            if typed.text.trimmed.isEmpty {
                if entry.value != nil { changes[entry.name] = .some(nil) }
                continue
            }
            guard typed.text != ProductForm.plainBreaks(stands.text) || typed.unit != stands.unit else { continue }
            let text = typed.unit.isEmpty ? typed.text : "\(typed.text.trimmed) \(typed.unit)"
            switch try MetafieldReader(entry.type, entry.rules, currency, references).read(text: text) {
            case .success(let value): changes[entry.name] = StoredMetafield(entry.type, value)
            case .failure(let fault): problems.append(Problem(entry.name.column, fault.code, fault.detail))
            }
        }
        return (changes, problems)
    }
}

extension MetafieldRules {
    /// What a value without a definition says itself: the scale of a rating.
    fileprivate init(scaleOf value: MetafieldValue) {
        if case .rating(_, let scale) = value.items.first { self.scale = scale }
    }
}
