import Database
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Query plans of the lists")
struct ProductPlanTests {
    private static func plan(_ house: CatalogHouse, _ statement: SQL) throws -> [String] {
        try house.database.all("EXPLAIN QUERY PLAN \(statement)") { row in row.text(3) }
    }

    private static func filter(_ change: (inout ProductFilter) -> Void) -> ProductFilter {
        var filter = ProductFilter()
        change(&filter)
        return filter
    }

    @Test("No list reads the whole catalogue or sorts it: an index gives the order, on every page")
    func lists() throws {
        let house = try CatalogHouse()
        try ProductSearch.attach(to: house.database)
        let filters = [
            ProductFilter(), Self.filter { $0.statuses = [.draft] }, Self.filter { $0.active = false },
            Self.filter { $0.q = "lamp" }, Self.filter { ($0.q, $0.statuses) = ("lamp", [.active]) },
        ]
        let values: [ProductSort.Key: DatabaseValue] = [
            .id: .integer(5), .sku: .text("a"), .name: .text("a"), .price: .integer(5), .updatedAt: .integer(5),
        ]
        for key in ProductSort.Key.allCases {
            for descends in [false, true] {
                let sort = ProductSort(key, descends: descends)
                for filter in filters where key == .id || filter.q == nil {
                    for cursor in [nil, ProductCursor(value: values[key] ?? .null, id: 5)] {
                        for part in ProductStore.parts(filter, sort, after: cursor) {
                            let plan = try Self.plan(house, part.statement(limit: 50)).joined(separator: "; ")
                            #expect(!plan.contains("TEMP B-TREE"), "\(key): \(plan)")
                            let scan = plan.firstRange(of: "SCAN p")
                            #expect(scan == nil || plan.contains("SCAN p USING INDEX"), "\(key): \(plan)")
                            #expect(cursor == nil || scan == nil, "\(key): \(plan)")
                        }
                    }
                }
            }
        }
    }

    @Test("Filters that an index serves are found by it")
    func filters() throws {
        let house = try CatalogHouse()
        try ProductSearch.attach(to: house.database)
        let cases: [(ProductFilter, String)] = [
            (Self.filter { $0.statuses = [.draft] }, "product_by_status (status=? AND id<?)"),
            (Self.filter { $0.q = "lamp" }, "VIRTUAL TABLE INDEX"),
        ]
        for (filter, wanted) in cases {
            for part in ProductStore.parts(filter, ProductSort()) {
                let plan = try Self.plan(house, part.statement(limit: 50)).joined(separator: "; ")
                #expect(plan.contains(wanted), "\(plan)")
            }
        }
    }

    @Test("Few products are found by what makes them few, and then sorted")
    func few() throws {
        let house = try CatalogHouse()
        let cases = [
            (Self.filter { $0.statuses = [.draft] }, "product_by_status (status=?)"),
            (Self.filter { $0.updatedSince = Timestamp(milliseconds: 5) }, "product_by_update (updated_at>?)"),
            (Self.filter { $0.priceMin = 5 }, "product_by_price (price>?)"),
            (Self.filter { $0.sku = "a" }, "product_by_sku (sku_norm>? AND sku_norm<?)"),
        ]
        for (filter, wanted) in cases {
            for key in ProductSort.Key.allCases where !(key == .sku && filter.sku != nil) {
                for part in ProductStore.parts(filter, ProductSort(key), few: filter.indexed[0]) {
                    let plan = try Self.plan(house, part.statement(limit: 50)).joined(separator: "; ")
                    #expect(plan.contains(wanted) && !plan.contains("SCAN p"), "\(key): \(plan)")
                }
            }
        }
    }
}
