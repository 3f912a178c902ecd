package import Database

/// What a file most likely holds, told by the names of its columns.
package enum TargetProposal: Sendable, Equatable {
    /// What is meant where nothing is said, or nothing fits better.
    case usual
    /// It is this and nothing else.
    case one(ImportTarget)
    /// It may be each of these: a person has to say which.
    case several([ImportTarget])

    /// - Parameters:
    ///   - headers: the names of the file's columns.
    ///   - connection: knows the profiles that were made for such columns.
    package static func of(
        _ headers: [String],
        _ targets: ImportTargets,
        _ connection: Connection
    ) throws -> TargetProposal {
        guard targets.all.count > 1 else { return .usual }
        let known = try targets.all.filter { try ImportProfileChoice(connection, $0).knows(headers, []) }
        if known.count == 1 { return known[0] == targets.standard ? .usual : .one(known[0]) }
        let scores = targets.all.map { (target: $0, columns: columns(headers, $0)) }.filter { $0.columns > 0 }
        guard let most = scores.map(\.columns).max() else { return .usual }
        let best = scores.filter { $0.columns == most }.map(\.target)
        if best == [targets.standard] { return .usual }
        // The usual one is never given up for another without being asked.
        let isUsual = scores.contains { $0.target == targets.standard }
        guard isUsual, !best.contains(targets.standard) else { return best.count == 1 ? .one(best[0]) : .several(best) }
        return .several([targets.standard] + best)
    }

    /// How many columns mean something to a noun; 0 where one that a new record needs is not there.
    private static func columns(_ headers: [String], _ target: ImportTarget) -> Int {
        let columns = ImportColumns.provisional(headers: headers, mapping: ImportMapping(), target: target)
        let needed = target.neededKeyFields + target.neededFields
        return needed.allSatisfy { columns.positions[$0] != nil } ? columns.used.count : 0
    }
}
