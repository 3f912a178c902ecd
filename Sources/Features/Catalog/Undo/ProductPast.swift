import Jobs
import Support

/// A product at an earlier moment, found by taking its revisions back one by one, newest first.
struct ProductPast {
    let id: Int64
    /// Nil where it was not there.
    private(set) var product: Product?

    /// - Parameter present: what stands there now; nil when it was deleted.
    init(_ id: Int64, present: Product?) {
        self.id = id
        product = present
    }

    /// Goes to the moment before a revision, from the one after it.
    mutating func takeBack(_ revision: Revision) {
        guard let before = revision.before else {
            product = nil
            return
        }
        var earlier = product ?? Product()
        earlier.id = id
        for field in ProductFields.all {
            if let value = before[field.name] { field.write(&earlier, field.value(stored: value)) }
        }
        product = earlier
    }
}

extension ProductField {
    /// The value that a revision has kept.
    func value(stored json: JSON) -> Value {
        if let text = json.stringValue { return .text(text) }
        if let number = json.intValue { return .integer(number) }
        return .none
    }
}
