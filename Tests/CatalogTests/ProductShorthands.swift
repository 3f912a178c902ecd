import Money
import Records
import Support
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

// What most tests mean when they do not say what the rows become: products.

extension ImportColumns {
    init(headers: [String], mapping: ImportMapping, identify: ImportIdentity = .sku) throws(Refusal) {
        try self.init(headers: headers, mapping: mapping, identify: identify, target: .products)
    }

    static func provisional(headers: [String], mapping: ImportMapping) -> ImportColumns {
        provisional(headers: headers, mapping: mapping, target: .products)
    }
}

extension ImportMapping: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements, in: .products)
    }
}

extension ImportMapping {
    init(text: String) throws(WebError) { try self.init(text: text, in: .products) }

    init(json: JSON) { self.init(json: json, in: .products) }
}

extension ImportMapping {
    func problems(_ currency: Currency) -> [Problem] { problems(currency, in: .products) }
}

extension ImportMapping.Target {
    var field: RecordField? { field(of: .products) }

    init?(name: String) { self.init(name: name, in: .products) }
}

extension ImportOptions {
    init(_ values: Fields) throws { try self.init(values, target: .products) }

    init(json: JSON) { self.init(json: json, target: .products) }
}
