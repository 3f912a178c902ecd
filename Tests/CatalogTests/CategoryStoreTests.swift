import Catalog
import Database
import IdentityTestSupport
import ImportEngine
import ImportKit
import Support
import TestSupport
import Testing

@Suite("The tree of categories")
struct CategoryStoreTests {
    private static func add(
        _ store: CategoryStore,
        _ name: String,
        under parent: Int64? = nil,
        _ house: CatalogHouse
    ) throws -> Category {
        var category = Category(name: name, slug: CategorySlug.make(name))
        category.parentID = parent
        return try store.insert(category, house.house.context)
    }

    private static func refusal(_ body: () throws -> Void) -> CategoryStore.Refusal? {
        do {
            try body()
            return nil
        } catch {
            return error as? CategoryStore.Refusal
        }
    }

    @Test(
        "A slug is made of what a name says",
        arguments: [
            ("Red wine", "red-wine"), ("  Rødvin & Öl – Straße ", "rodvin-ol-strasse"), ("Łódź/Æble", "lodz-aeble"),
            ("Вино красное", "vino-krasnoe"), ("Οίνος", "oinos"), ("青島啤酒", "青島啤酒"), ("C++", "c"), ("!!!", "category"),
            ("L'été 2026", "lete-2026"), ("Ⅳ ½", "iv-1-2"),
        ]
    )
    func slugs(name: String, slug: String) {
        #expect(CategorySlug.make(name) == slug)
        #expect(CategorySlug.isSlug(CategorySlug.make(name)))
        #expect(!CategorySlug.isSlug("Red-wine") && !CategorySlug.isSlug("-a") && !CategorySlug.isSlug("a--b"))
    }

    @Test("A moved branch takes its paths and levels along, and its former address leads to it")
    func moves() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let wine = try Self.add(store, "Wine", house)
        let red = try Self.add(store, "Red wine", under: wine.id, house)
        let douro = try Self.add(store, "Douro", under: red.id, house)
        let table = try Self.add(store, "At the table", house)
        #expect(douro.path == "/1/2/3/" && douro.level == 3)
        let moved = try store.move(red.id, under: table.id, house.house.context)
        #expect(moved.path == "/4/2/" && moved.version == 2)
        let below = try #require(try store.find(douro.id))
        #expect(below.path == "/4/2/3/" && below.level == 3 && below.version == 1)
        #expect(try store.find(slugPath: "wine/red-wine/douro")?.id == douro.id)
        #expect(try store.find(slugPath: "at-the-table/red-wine/douro")?.id == douro.id)
        #expect(Self.refusal { _ = try store.move(table.id, under: douro.id, house.house.context) } == .belowItself)
        #expect(Self.refusal { _ = try store.move(table.id, under: table.id, house.house.context) } == .belowItself)
        #expect(Self.refusal { _ = try store.move(red.id, under: 99, house.house.context) } == .noParent(99))
        #expect(
            Self.refusal { _ = try store.move(douro.id, under: nil, at: .before(red.id), house.house.context) }
                == .notASibling(red.id)
        )
        let twin = try Self.add(store, "Red Wine", house)
        #expect(
            Self.refusal { _ = try store.move(twin.id, under: table.id, house.house.context) }
                == .slugTaken(slug: "red-wine", existingID: red.id)
        )
        #expect(
            try house.told() == [
                "category.created 1", "category.created 2", "category.created 3", "category.created 4",
                "category.moved 2", "category.created 5",
            ]
        )
        #expect(try CategoryCheck(house.database).faults() == [])
    }

    @Test("The tree has thirty levels, and no move makes more")
    func depth() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        var last: Category?
        for level in 1...30 { last = try Self.add(store, "Level \(level)", under: last?.id, house) }
        let deepest = try #require(last)
        #expect(Self.refusal { _ = try Self.add(store, "Below", under: deepest.id, house) } == .tooDeep(31))
        let pair = try Self.add(store, "Pair", house)
        _ = try Self.add(store, "Child", under: pair.id, house)
        #expect(
            Self.refusal { _ = try store.move(pair.id, under: deepest.parentID, house.house.context) } == .tooDeep(31)
        )
        #expect(try CategoryCheck(house.database).faults() == [])
    }

    @Test("A place between two others is found also where no number is left between theirs")
    func order() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let first = try Self.add(store, "First", house)
        let second = try Self.add(store, "Second", house)
        var expected = [first.id]
        for number in 0..<40 {
            let new = try Self.add(store, "Between \(number)", house)
            _ = try store.move(new.id, under: nil, at: .after(first.id), house.house.context)
            expected.insert(new.id, at: 1)
        }
        expected.append(second.id)
        #expect(try store.tree().map(\.id) == expected)
        let before = try store.find(second.id)
        let same = try store.move(second.id, under: nil, at: .last, house.house.context)
        #expect(same.version == before?.version)
    }

    @Test("A merge moves products and children, and the old address leads to the other category")
    func merges() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let old = try Self.add(store, "Vinho", house)
        let wine = try Self.add(store, "Wine", house)
        let red = try Self.add(store, "Red", under: old.id, house)
        let product = try house.add("A-1") { $0.categoryID = old.id }
        let (into, moved) = try store.merge(old.id, into: wine.id, house.house.context)
        #expect(into.id == wine.id && moved.products == 1 && moved.children == 1)
        #expect(try store.find(old.id) == nil)
        #expect(try store.find(red.id)?.path == "/2/3/")
        #expect(try store.find(slugPath: "vinho")?.id == wine.id)
        #expect(try store.find(slugPath: "vinho/red")?.id == red.id)
        let stored = try #require(try house.store.find(product.id))
        #expect(stored.categoryID == wine.id && stored.version == 2)
        #expect(try house.told().last == "category.merged 1")
        // Whoever takes the address now has it.
        let again = try Self.add(store, "Vinho", house)
        #expect(try store.find(slugPath: "vinho")?.id == again.id)
    }

    @Test("A deletion is done only with the number of what it changes, and deletes no product")
    func deletions() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let wine = try Self.add(store, "Wine", house)
        let red = try Self.add(store, "Red", under: wine.id, house)
        // A child that is called as the one whose place it takes.
        let inner = try Self.add(store, "Red", under: red.id, house)
        let product = try house.add("A-1") { $0.categoryID = inner.id }
        let removal = CategoryRemoval(categories: 2, children: 0, products: 1)
        #expect(
            Self.refusal {
                _ = try store.delete(
                    red.id,
                    products: .parent,
                    children: .along,
                    confirmed: 1,
                    house.house.context
                )
            } == .unconfirmed(removal)
        )
        _ = try store.delete(red.id, products: .none, children: .up, confirmed: 2, house.house.context)
        #expect(try store.find(inner.id)?.path == "/1/3/")
        _ = try store.delete(inner.id, products: .parent, children: .up, confirmed: 2, house.house.context)
        #expect(try house.store.find(product.id)?.categoryID == wine.id)
        _ = try store.delete(wine.id, products: .parent, children: .along, confirmed: 2, house.house.context)
        #expect(try house.store.find(product.id)?.categoryID == nil)
        #expect(try store.isEmpty() && store.find(slugPath: "wine") == nil)
    }

    @Test("Paths mean one category, compared without case; what is not clear means none")
    func names() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let wine = try Self.add(store, "Wine", house)
        let red = try Self.add(store, "Red", under: wine.id, house)
        let beer = try Self.add(store, "Beer", house)
        let redBeer = try Self.add(store, "Red", under: beer.id, house)
        let odd = try Self.add(store, "A > B", house)
        let names = CategoryNames(house.database)
        #expect(try names.path(of: red.id) == "Wine > Red")
        #expect(try names.path(of: odd.id) == "/a-b")
        #expect(try names.meaning(of: " wine>RED ") == .category(red.id))
        #expect(try names.meaning(of: "/beer/red") == .category(redBeer.id))
        #expect(try names.meaning(of: "red") == .several(2))
        #expect(try names.meaning(of: "Wine") == .category(wine.id))
        #expect(try names.meaning(of: "Wine > > Red") == .nothing)
        #expect(try names.meaning(of: "Wine > White") == .nothing)
        #expect(try names.meaning(of: "/a-b") == .category(odd.id))
    }

    @Test("A check names what is wrong with a tree")
    func check() throws {
        let house = try CatalogHouse()
        let store = CategoryStore(house.database)
        let wine = try Self.add(store, "Wine", house)
        _ = try Self.add(store, "Red", under: wine.id, house)
        try house.database.write { try house.database.execute("UPDATE category SET path = '/9/2/' WHERE id = 2") }
        let faults = try CategoryCheck(house.database).faults()
        #expect(faults == ["Category 2 has the path /9/2/, not /1/2/."])
    }

    @Test("Random moves, merges, deletions and new ones leave what a slow reference has", arguments: [1, 2, 3, 4])
    func random(seed: Int) throws {
        let house = try CatalogHouse()
        var walk = CategoryWalk(house, seed: seed)
        for step in 0..<150 {
            try walk.step()
            guard step % 10 == 9 else { continue }
            let differences = try walk.model.differences(from: walk.store)
            let faults = try CategoryCheck(house.database).faults()
            #expect(differences == [] && faults == [], "seed \(seed), step \(step)")
            if !differences.isEmpty || !faults.isEmpty { return }
        }
        #expect(walk.done > 40, "seed \(seed)")
    }
}

/// Does to the store and to the reference the same things, by chance.
private struct CategoryWalk {
    let house: CatalogHouse
    let store: CategoryStore
    var model = CategoryModel()
    var random: SeededRandom
    /// Changes that were made.
    var done = 0

    init(_ house: CatalogHouse, seed: Int) {
        self.house = house
        store = CategoryStore(house.database)
        random = SeededRandom(seed)
    }

    private var context: WriteContext { house.house.context }

    private mutating func some() -> Int64? { model.nodes.keys.sorted().randomElement(using: &random) }

    /// Does something that the reference allows, or sees that the store refuses it.
    mutating func step() throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: try add()
        case 4..<7: try move()
        case 7: try merge()
        case 8: try delete()
        default: try addProduct()
        }
    }

    private static func isDone(_ isAllowed: Bool, _ change: () throws -> Void) throws -> Bool {
        do {
            try change()
        } catch let refusal as CategoryStore.Refusal {
            if isAllowed { throw TestFailure("refused: \(refusal)") }
            return false
        }
        if !isAllowed { throw TestFailure("done, though the reference refuses it") }
        return true
    }

    private mutating func add() throws {
        let parent = Bool.random(using: &random) ? some() : nil
        let name = "N\(Int.random(in: 0..<12, using: &random))"
        var category = Category(name: name, slug: CategorySlug.make(name))
        category.parentID = parent
        let isAllowed = !model.hasChild(name, under: parent) && (parent.map(model.level) ?? 0) < Category.mostLevels
        var made: Category?
        guard try Self.isDone(isAllowed, { made = try store.insert(category, context) }), let made else { return }
        done += 1
        model.nodes[made.id] = CategoryModel.Node(name: name, parent: parent)
        model.children[made.id] = []
        model.place(made.id, under: parent, .last)
    }

    private mutating func move() throws {
        guard let id = some(), let node = model.nodes[id] else { return }
        var parent = Int.random(in: 0..<4, using: &random) > 0 ? some() : nil
        var place = CategoryPlace.last
        if let sibling = some(), Bool.random(using: &random), sibling != id {
            parent = model.nodes[sibling]?.parent
            place = Bool.random(using: &random) ? .before(sibling) : .after(sibling)
        }
        let isBelow = parent.map { model.branch(id).contains($0) } ?? false
        let lowest = (parent.map(model.level) ?? 0) + model.height(id)
        let isAllowed =
            !isBelow && lowest <= Category.mostLevels && !model.hasChild(node.name, under: parent, but: id)
        if try Self.isDone(isAllowed, { _ = try store.move(id, under: parent, at: place, context) }) {
            model.place(id, under: parent, place)
            done += 1
        }
    }

    private mutating func merge() throws {
        guard let id = some(), let into = some(), let node = model.nodes[id] else { return }
        let children = model.children[id] ?? []
        let clashes = children.contains { child in
            model.hasChild(model.nodes[child]?.name ?? "", under: into, but: id)
        }
        let lowest = model.level(into) + model.height(id) - 1
        let isAllowed = !model.branch(id).contains(into) && !clashes && lowest <= Category.mostLevels
        guard try Self.isDone(isAllowed, { _ = try store.merge(id, into: into, context) }) else { return }
        done += 1
        // Into its own parent the children take its place.
        var place = into == node.parent ? CategoryPlace.after(id) : .last
        for child in children {
            model.place(child, under: into, place)
            place = place == .last ? .last : .after(child)
        }
        model.remove(id)
        model.move(products: node.products, to: into)
    }

    private mutating func delete() throws {
        guard let id = some(), let node = model.nodes[id], let category = try store.find(id) else { return }
        let isAlong = Int.random(in: 0..<3, using: &random) == 0
        let branch = isAlong ? model.branch(id) : [id]
        let target = Bool.random(using: &random) ? some() : nil
        let products = branch.reduce(into: Set<Int64>()) { $0.formUnion(model.nodes[$1]?.products ?? []) }
        let children = isAlong ? [] : model.children[id] ?? []
        let clashes = children.contains { child in
            model.hasChild(model.nodes[child]?.name ?? "", under: node.parent, but: id)
        }
        let choice: CategoryProducts = target.map { .category($0) } ?? .parent
        let isAllowed = !clashes && !(target.map(branch.contains) ?? false)
        let removal = try store.removal(of: category, children: isAlong ? .along : .up)
        let isDone = try Self.isDone(isAllowed) {
            _ = try store.delete(
                id,
                products: choice,
                children: isAlong ? .along : .up,
                confirmed: removal.count,
                context
            )
        }
        guard isDone else { return }
        done += 1
        var place = CategoryPlace.after(id)
        for child in children {
            model.place(child, under: node.parent, place)
            place = .after(child)
        }
        for gone in branch { model.remove(gone) }
        model.move(products: products, to: target ?? node.parent)
    }

    private mutating func addProduct() throws {
        let category = some()
        let product = try house.add("P-\(random.next() % 1_000_000_000)") { $0.categoryID = category }
        model.move(products: [product.id], to: category)
        done += 1
    }
}
