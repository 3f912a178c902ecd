import Catalog
import Database
import ImportEngine
import ImportKit
import Support
import TestSupport

/// The tree as a slow reference keeps it: what each category is called, what stands in it, and in which order.
struct CategoryModel {
    struct Node: Equatable {
        var name: String
        var parent: Int64?
        var products: Set<Int64> = []
    }

    var nodes: [Int64: Node] = [:]
    /// The children of each, in order; 0 for the top.
    var children: [Int64: [Int64]] = [0: []]
    /// Products without a category.
    var loose: Set<Int64> = []

    func level(_ id: Int64) -> Int { (nodes[id]?.parent.map(level) ?? 0) + 1 }

    func line(_ id: Int64) -> [Int64] { (nodes[id]?.parent.map(line) ?? []) + [id] }

    func branch(_ id: Int64) -> [Int64] { [id] + (children[id] ?? []).flatMap(branch) }

    func height(_ id: Int64) -> Int { 1 + ((children[id] ?? []).map(height).max() ?? 0) }

    func hasChild(_ name: String, under parent: Int64?, but id: Int64 = 0) -> Bool {
        (children[parent ?? 0] ?? []).contains { $0 != id && nodes[$0]?.name == name }
    }

    mutating func place(_ id: Int64, under parent: Int64?, _ place: CategoryPlace) {
        for key in children.keys { children[key]?.removeAll { $0 == id } }
        nodes[id]?.parent = parent
        var siblings = children[parent ?? 0] ?? []
        switch place {
        case .last: siblings.append(id)
        case .before(let other): siblings.insert(id, at: siblings.firstIndex(of: other) ?? 0)
        case .after(let other): siblings.insert(id, at: (siblings.firstIndex(of: other) ?? -1) + 1)
        }
        children[parent ?? 0] = siblings
    }

    mutating func move(products: Set<Int64>, to target: Int64?) {
        if let target { nodes[target]?.products.formUnion(products) } else { loose.formUnion(products) }
    }

    mutating func remove(_ id: Int64) {
        for key in children.keys { children[key]?.removeAll { $0 == id } }
        nodes[id] = nil
        children[id] = nil
    }

    /// What differs from the database.
    func differences(from store: CategoryStore) throws -> [String] {
        var differences: [String] = []
        let tree = try store.tree()
        let expected = (children[0] ?? []).flatMap(branch)
        if tree.map(\.id) != expected { differences.append("order \(tree.map(\.id)), not \(expected)") }
        for category in tree {
            guard let node = nodes[category.id] else { continue }
            let path = "/\(line(category.id).map(String.init).joined(separator: "/"))/"
            if category.path != path || category.level != level(category.id) || category.parentID != node.parent {
                differences.append("\(category.id) is at \(category.path), level \(category.level), not \(path)")
            }
            if category.name != node.name { differences.append("\(category.id) is called \(category.name)") }
            let products = try store.connection.all(
                "SELECT id FROM product WHERE category_id = \(category.id)"
            ) { row in row.int(0) }
            if Set(products) != node.products { differences.append("\(category.id) has the products \(products)") }
            let below = branch(category.id).reduce(0) { $0 + (nodes[$1]?.products.count ?? 0) }
            if try store.products(in: category, withDescendants: true) != Int64(below) {
                differences.append("\(category.id) has other products below")
            }
        }
        return differences
    }
}
