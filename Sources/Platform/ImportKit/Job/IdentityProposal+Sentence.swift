import AdminKit
import ImportEngine

extension IdentityProposal.Check {
    /// How far the file was read, and what was found.
    package var sentence: String {
        let looked = "\(isWhole ? "all" : "the first") \(Format.integer(Int64(rows))) rows"
        guard clashes > 0 else { return "In \(looked) no two products get the same one." }
        let some = Format.integer(Int64(clashes))
        return "In \(looked) \(some) get the SKU of another product: these would not be imported."
    }
}
