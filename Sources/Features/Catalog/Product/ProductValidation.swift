import ImportEngine
package import Money
import Records
import Support
package import Web

/// A product as a client wants it, and everything that is wrong with it.
package struct ProductDraft: Sendable, Equatable {
    package var product: Product
    package var problems: [Problem] = []

    package init(_ product: Product = Product()) {
        self.product = product
    }

    /// Looks at fields that say nothing without each other: once all are set.
    mutating func checkUnits() {
        for (unit, measures) in ProductFields.units {
            guard let unit = ProductFields.named(unit), unit.read(product) == .none else { continue }
            let told = measures.compactMap(ProductFields.named).filter { $0.read(product) != .none }
            guard !told.isEmpty, !problems.contains(where: { $0.field == unit.name }),
                case .choice(let words) = unit.kind
            else { continue }
            let labels = told.map(\.label).joined(separator: ", ")
            let detail = "\(labels): say in which unit, \(words.joined(separator: ", "))."
            problems.append(Problem(unit.name, "no_unit", detail))
        }
    }

    /// Takes one field over from text; a problem leaves the old value.
    package mutating func set(_ field: ProductField, _ text: String?, _ currency: Currency) {
        switch field.parse(text, currency, over: field.read(product)) {
        case .success(let value): field.write(&product, value)
        case .failure(let failure): problems.append(failure.problem)
        }
    }
}
