package import Database
import Records
import Web

/// Finds out how a file's columns are read: what the caller says of them, over what a profile says, over the columns'
/// own names.
package struct ImportProfileChoice {
    /// What the whole mapping is, and where it comes from.
    package struct Outcome: Sendable, Equatable {
        package var mapping: ImportMapping
        package var use: ImportProfileUse?
    }

    /// Says that no profile is wanted, also not one that is remembered or built in.
    package static let none = "none"

    private let store: ImportProfileStore
    private let target: ImportTarget

    package init(_ connection: Connection, _ target: ImportTarget) {
        self.target = target
        store = ImportProfileStore(connection, ImportTargets(target))
    }

    /// - Parameters:
    ///   - name: the name or the id of a profile, `none`, or nil for whichever fits the header.
    ///   - mapping: what the caller says of columns.
    ///
    /// Throws 422 `unknown_profile`.
    package func resolve(_ headers: [String], profile name: String?, mapping: ImportMapping) throws -> Outcome {
        guard let use = try use(headers, name, isMapped: !mapping.isEmpty) else {
            return Outcome(mapping: mapping, use: nil)
        }
        var base = use.profile.mapping.restricted(to: headers)
        if use.profile.isBuiltIn { base = oneForEachField(base) }
        return Outcome(mapping: mapping.merged(over: Self.without(base, mapping, headers)), use: use)
    }

    /// The profile that the caller named; nil for none.
    ///
    /// Throws 422 `unknown_profile`.
    func named(_ name: String?) throws -> ImportProfile? {
        guard let name, name != Self.none else { return nil }
        guard let profile = try find(name) else { throw Self.unknown(name) }
        return profile
    }

    /// Whether it was said what these columns mean: in the mapping of the caller or of the profile that he named,
    /// in a profile that was made for them, or because a well-known program writes them.
    package func knows(_ headers: [String], _ mappings: [ImportMapping]) throws -> Bool {
        let columns = mappings.flatMap(\.columns).filter {
            $0.target == .field(target.keyName) && !$0.name.hasPrefix("#")
        }
        let index = HeaderIndex(headers)
        if columns.contains(where: { index.position(of: $0.name) != nil }) { return true }
        return try store.find(headers: headers, of: target) != nil || target.profiles().recognised(headers) != nil
    }

    private func use(_ headers: [String], _ name: String?, isMapped: Bool) throws -> ImportProfileUse? {
        if let name { return try named(name).map { ImportProfileUse(profile: $0, reason: .chosen) } }
        if let remembered = try store.find(headers: headers, of: target) {
            return ImportProfileUse(profile: remembered, reason: .remembered)
        }
        return target.profiles().recognised(headers).map { ImportProfileUse(profile: $0, reason: .recognised) }
    }

    private func find(_ name: String) throws -> ImportProfile? {
        if let profile = try store.find(name: name, of: target) { return profile }
        if let id = Int64(name), let profile = try store.find(id, of: target) { return profile }
        return target.profiles().named(name)
    }

    private static func unknown(_ name: String) -> WebError {
        .invalid([Problem("profile", "unknown_profile", "There is no import profile '\(name)'.")])
    }

    /// A built-in profile lists the status before what says it as yes or no: the first that the file has counts.
    private func oneForEachField(_ mapping: ImportMapping) -> ImportMapping {
        var fields: Set<String> = []
        return ImportMapping(
            mapping.columns.map { column in
                guard let field = column.target.field(of: target), !fields.insert(field.name).inserted else {
                    return column
                }
                return ImportMapping.Column(column.name, .nothing)
            }
        )
    }

    /// The profile's columns without those whose fields the caller feeds from others.
    private static func without(
        _ base: ImportMapping,
        _ mapping: ImportMapping,
        _ headers: [String]
    ) -> ImportMapping {
        let taken = Set(mapping.columns.compactMap { $0.target.name })
        return ImportMapping(base.columns.filter { !($0.target.name.map(taken.contains) ?? false) })
    }
}
