import Database
import Money
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Whatever somebody sends or uploads is worked out in a time that grows with its length, not with its square.
@Suite("The catalogue reads in linear time") struct CatalogGrowthTests {
    @Test(
        arguments: catalogGrowths
    )
    func linear(_ growth: Growth) throws {
        #expect(try growth.ratio() < Growth.most)
    }
}

private func object(_ count: Int, _ value: JSON = "value") -> JSON {
    .object((0..<count).map { JSON.Member("n\($0)", value) })
}

private let catalogGrowths: [Growth] = [
    Growth("merging attributes", 4000) { count in
        let patch = object(count)
        return { _ = try? CustomAttributes.none.merging(patch) }
    },
    Growth("merging over as many", 4000) { count in
        let stored = try CustomAttributes(stored: object(count, "other").text)
        let patch = object(count)
        return { _ = try stored.merging(patch) }
    },
    Growth("taking all away", 4000) { count in
        let stored = try CustomAttributes(stored: object(count).text)
        let patch = object(count, nil)
        return {
            let left = try stored.merging(patch)
            #expect(left == .none)
        }
    },
    Growth("typed lines", 4000) { count in
        let text = (0..<count).map { "n\($0): value" }.joined(separator: "\n")
        return { _ = try? CustomAttributes(typed: text) }
    },
    Growth("a body of unknown members", 4000) { count in
        let body = object(count)
        return { _ = ProductBody(purpose: .create, currency: .euro).draft(body, onto: nil) }
    },
    Growth("a mapping of many columns", 1600) { count in
        let headers = ["SKU"] + (0..<count).map { "Column \($0)" }
        let mapping = JSON.object(
            [JSON.Member("SKU", "sku")]
                + (0..<count).map { JSON.Member("column_\($0)", .string("attribute:A\($0)")) }
        )
        return {
            let read = ImportMapping(json: mapping)
            let columns = try ImportColumns(headers: headers, mapping: read.restricted(to: headers))
            #expect(columns.attributes.count == count && columns.ignored.isEmpty)
            _ = read.merged(over: read)
        }
    },
    Growth("the form of many columns", 1600) { count in
        let headers = (0..<count).map { "Column \($0)" }
        var form = Fields()
        for index in 0..<count {
            form.append("target-\(index)", "attribute")
            form.append("attribute-\(index)", "A\(index)")
        }
        return { #expect(MappingForm(form, headers: headers, target: .products).mapping.columns.count == count) }
    },
    Growth("the words of a search", 4000) { count in
        let text = String(repeating: "word ", count: count)
        return { _ = TextQuery(text) }
    },
    Growth("a list of statuses", 4000) { count in
        let list = "\(String(repeating: "active,draft,", count: count))archived"
        return { _ = try ProductFilter(["status": list], .euro) }
    },
]
