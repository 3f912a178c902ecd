package import AdminKit
package import ImportEngine

/// What the mapping page of an import shows.
package struct MappingModel: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        /// From 0, in the file.
        package var index: Int
        package var header: String
        /// The first values that are not blank.
        package var samples: [Sample]
        /// A target's name, `attribute`, or "" for none.
        package var target: String
        /// Of the custom attribute.
        package var attribute: String
        /// "" for what the whole import has.
        package var blank: String
        package var standard: String
        /// How sure it is what it means.
        package var certainty: Certainty
        /// Why it means that, or what is worth knowing of it, in words.
        package var reason: String?
        /// How many of the first cells are filled, in per cent.
        package var filled: Int
        package var findings: [Finding]
        package var error: String?
    }

    package struct Sample: Sendable, Equatable {
        /// As it stands in the file.
        package var text: String
        /// What is stored of it; `.some(nil)` for nothing, nil where that is not known.
        package var stored: String??
    }

    /// The first rows as they will be stored.
    package struct Stored: Sendable, Equatable {
        /// Fields that some column feeds, by their labels.
        package var fields: [String] = []
        /// A value for each field, nil where there is none.
        package var rows: [[String?]] = []
    }

    package enum Certainty: Sendable, Equatable {
        /// By its name, or because a profile says so.
        case known
        /// By something like its name, or by its content: a person should look at it.
        case guessed
        case chosen
        /// It feeds nothing.
        case leftOut
        /// It feeds nothing, but may hold what the import needs or a person would miss.
        case open
    }

    package struct Finding: Sendable, Equatable {
        package var code: String
        package var count: Int
        package var isWarning: Bool
        package var examples: [ImportProblem]
    }

    /// One way to read the letters of the file.
    package struct EncodingChoice: Sendable, Equatable {
        package var name: String
        package var title: String
        /// The same cells in each choice.
        package var texts: [String]
        package var isChosen: Bool
    }

    /// What became of the first rows.
    package struct Trial: Sendable, Equatable {
        package var good: Int
        package var tried: Int
        /// Rows that only continue a product.
        package var continued: Int
        /// Rows of the whole file; nil when they were not counted.
        package var total: Int?
    }

    package var id: String
    package var filename: String
    /// What the rows become.
    package var rowTarget: ImportTarget
    /// How the file is read: selects and texts, with what was found as their hints.
    package var format: [FormField]
    /// The likely encodings and a few texts of the file in each, when the file does not tell which is right.
    package var encodings: [EncodingChoice] = []
    /// What identifies a product.
    package var identify = FormField("identify", "What identifies a product", .select([]))
    /// Why something else than the SKU is proposed to identify the products.
    package var identifyReason: String?
    /// What SKUs are made of, as it is chosen; nil where they stand in the file.
    package var identity: IdentityProposal?
    /// Tells the header that the form was made for.
    package var header: String
    package var columns: [Column]
    /// Problems of whole rows.
    package var rowFindings: [Finding]
    /// How many of the first rows would be taken; nil when the columns are not clear yet.
    package var trial: Trial?
    /// Why the mapping cannot be used.
    package var error: String?
    package var stored: Stored
    /// Which profile was used, in a sentence.
    package var profile: String?
    package var profileName: String
    package var profileError: String?
    /// Whether a plan was made already.
    package var isPlanned: Bool
}
