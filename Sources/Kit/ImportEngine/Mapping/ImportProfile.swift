import Crypto
package import Support
package import Tables

/// How files of one kind are read: which column feeds what, and what to do with the rows. Saved under a name, and
/// remembered by the header of the file that it was made for.
package struct ImportProfile: Sendable, Equatable {
    /// 0 for one that is built in.
    package var id: Int64 = 0
    package var name: String
    /// What rows become that are read with it.
    package let target: ImportTarget
    package var mapping: ImportMapping
    /// The header that it was made for, if it was made for one.
    package var headers: [String] = []
    /// How the file is read, as the options of an upload have it. Nil: as the file shows.
    package var delimiter: String?
    package var quote: String?
    package var encoding: String?
    /// Nil: as the upload says.
    package var mode: ImportOptions.Mode?
    package var blank: ImportOptions.Blank?
    /// What identifies a product. Nil: as the upload says.
    package var identify: ImportIdentity?
    /// When an import used it last.
    package var usedAt: Timestamp?
    package var version: Int64 = 0
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)

    /// Scalars in a name.
    package static let maxName = 100

    package init(name: String, mapping: ImportMapping, target: ImportTarget) {
        self.name = name
        self.target = target
        self.mapping = mapping
    }

    package var isBuiltIn: Bool { id == 0 }

    /// What it says of how the file is read.
    package var table: TableChoices {
        TableChoices(json: [
            "delimiter": .optional(delimiter), "quote": .optional(quote), "encoding": .optional(encoding),
        ])
    }

    /// The strong entity tag of this version, without its quotes.
    package var entityTag: String { "\(id)-\(version)" }

    /// Names that mean something else where a profile is asked for are taken: a number is an id.
    package static func isName(_ name: String, of target: ImportTarget) -> Bool {
        !name.isEmpty && name == name.trimmed && name.unicodeScalars.count <= maxName && !name.hasControlCharacters
            && name != ImportProfileChoice.none && Int64(name) == nil && target.profiles().named(name) == nil
    }

    package static let nameRule = "Use 1 to \(maxName) characters; no number, and no built-in profile's name."

    /// By which names are compared.
    package static func nameKey(_ name: String) -> String { name.trimmed.caseFolded }

    /// What tells a header from another: its names as they are compared, in their order. Nil for no header.
    package static func fingerprint(_ headers: [String]) -> String? {
        guard !headers.isEmpty else { return nil }
        // No name holds a line break after normalising, so no two headers give the same text.
        let text = headers.map(HeaderNames.normalised).joined(separator: "\n")
        return SHA256.hash(Array(text.utf8)).hex
    }
}

/// The profile of an import, and how it came to be used.
package struct ImportProfileUse: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The caller named it.
        case chosen
        /// A file with this header was imported with it before.
        case remembered
        /// The header is that of a well-known program.
        case recognised
    }

    package var profile: ImportProfile
    package var reason: Reason
    /// The options of reading that it has said, not the caller: names of `TableChoices.optionNames`.
    package var reading: [String] = []

    package init(profile: ImportProfile, reason: Reason, reading: [String] = []) {
        (self.profile, self.reason, self.reading) = (profile, reason, reading)
    }

    /// What a job has kept of it, in a sentence; nil when it has kept none.
    package static func sentence(_ json: JSON?) -> String? {
        guard let name = json?["name"]?.stringValue,
            let reason = json?["reason"]?.stringValue.flatMap(Reason.init(rawValue:))
        else { return nil }
        switch reason {
        case .chosen: return "Read with the profile \(name)."
        case .remembered: return "Read with the profile \(name), as the last file with this header."
        case .recognised: return "Recognised by its header as a file of \(name)."
        }
    }

    /// As the job keeps it.
    package var json: JSON {
        [
            "id": profile.isBuiltIn ? .null : .int(profile.id), "name": .string(profile.name),
            "reason": .string(reason.rawValue), "reading": .array(reading.map(JSON.string)),
        ]
    }
}
