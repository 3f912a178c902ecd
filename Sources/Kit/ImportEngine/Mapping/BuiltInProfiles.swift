import Records
import Support
import Tables

/// The files of well-known programs that a target reads without being told how. Each is recognised by columns that only
/// it has together.
package struct BuiltInProfiles: Sendable {
    package struct Entry: Sendable {
        package let profile: ImportProfile
        /// All of these stand in its header.
        package let signature: [String]
        /// Of a file with only some of its columns: all names of one of these lists stand in its header.
        package let parts: [[String]]

        package init(
            _ name: String,
            of target: ImportTarget,
            signature: [String],
            parts: [[String]] = [],
            _ columns: [(String, String)]
        ) {
            self.signature = signature
            self.parts = parts
            profile = ImportProfile(name: name, mapping: ImportMapping(columns, in: target), target: target)
        }
    }

    package let all: [Entry]

    package init(_ all: [Entry]) {
        self.all = all
    }

    /// The one that a header fits, as a whole before in part.
    package func recognised(_ headers: [String]) -> ImportProfile? {
        let keys = Set(headers.map { ByteText(HeaderNames.normalised($0)) })
        func has(_ names: [String]) -> Bool {
            names.allSatisfy { keys.contains(ByteText(HeaderNames.normalised($0))) }
        }
        return (all.first { has($0.signature) } ?? all.first { $0.parts.contains(where: has) })?.profile
    }

    package func named(_ name: String) -> ImportProfile? {
        let key = ImportProfile.nameKey(name)
        return all.first { ImportProfile.nameKey($0.profile.name) == key }?.profile
    }
}
