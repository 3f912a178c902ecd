package import AdminKit

/// What the mapping page of an import shows.
package struct MappingModel: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        /// From 0, in the file.
        package var index: Int
        package var header: String
        /// The first values that are not blank.
        package var samples: [String]
        /// A target's name, `attribute`, or "" for none.
        package var target: String
        /// Of the custom attribute.
        package var attribute: String
        /// "" for what the whole import has.
        package var blank: String
        package var standard: String
        /// How it came to its target, in words; nil when it was chosen.
        package var origin: String?
        package var findings: [Finding]
        package var error: String?
    }

    package struct Finding: Sendable, Equatable {
        package var code: String
        package var count: Int
        package var isWarning: Bool
        package var examples: [ImportProblem]
    }

    /// What became of the first rows.
    package struct Trial: Sendable, Equatable {
        package var good: Int
        package var tried: Int
        /// Rows that only continue the product above.
        package var continued: Int
    }

    package var id: String
    package var filename: String
    /// How the file is read: selects and texts, with what was found as their hints.
    package var format: [FormField]
    /// Tells the header that the form was made for.
    package var header: String
    package var columns: [Column]
    /// Problems of whole rows.
    package var rowFindings: [Finding]
    /// How many of the first rows would be taken; nil when the columns are not clear yet.
    package var trial: Trial?
    /// Why the mapping cannot be used.
    package var error: String?
    /// Which profile was used, in a sentence.
    package var profile: String?
    package var profileName: String
    package var profileError: String?
    /// Whether a plan was made already.
    package var isPlanned: Bool
}
