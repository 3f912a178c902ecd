import Catalog
import IdentityTestSupport
import ImportEngine
import ImportKit
import Support
import Testing

@Suite struct CatalogueFiguresTests {
    @Test func countsWhatProductsLackOnceADayAndWhenSomethingChanged() throws {
        let house = try CatalogHouse()
        let store = CatalogueFiguresStore(house.database)
        #expect(try !store.count(at: house.house.clock.now), "an empty catalogue has no figures")
        #expect(try store.newest() == nil)
        try house.add("A-1") { $0.price = 1250 }
        try house.add("A-2") { $0.brand = "Acme" }
        try house.add("A-3") { $0.status = .draft }
        #expect(try store.count(at: house.house.clock.now))
        let first = try #require(try store.newest())
        #expect(first.products == 3 && first.active == 2)
        #expect(first.lacks.map(\.products) == [2, 3, 2, 3])
        #expect(try !store.count(at: house.house.clock.now.adding(seconds: 90_000)), "nothing has changed")
        try house.add("A-4")
        #expect(try store.count(at: house.house.clock.now))
        #expect(try store.series(limit: 10).map(\.products) == [4], "one row a day")
        try house.add("A-5")
        #expect(try store.count(at: house.house.clock.now.adding(seconds: 90_000)))
        #expect(try store.series(limit: 10).map(\.products) == [5, 4])
    }
}
