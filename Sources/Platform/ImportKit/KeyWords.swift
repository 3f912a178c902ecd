import ImportEngine
import Records

/// What pages call the fields that no two records share.
struct KeyWords {
    /// What people call the key.
    let key: String
    /// What else no two records share: `handle`.
    let others: String
    /// Both: `SKU or handle`.
    let unique: String

    init(_ target: ImportTarget) {
        key = target.keyFields.first.map { target.fields[$0].label } ?? ""
        let names = target.uniqueFields.filter { !target.keyFields.contains($0) }.map { target.fields[$0].label }
        others = names.map { $0.prefix(1).lowercased() + $0.dropFirst() }.joined(separator: " or ")
        unique = ([key, others].filter { !$0.isEmpty }).joined(separator: " or ")
    }
}
