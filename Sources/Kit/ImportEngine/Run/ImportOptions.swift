package import Support
package import Tables
package import Web

/// What the caller chose for one import.
package struct ImportOptions: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Unknown SKUs are created, known ones updated.
        case upsert
        /// Known SKUs are skipped.
        case create
        /// Unknown SKUs are skipped.
        case update
        /// Known products are removed; unknown SKUs are skipped. Nothing but the SKU is read.
        case delete
    }

    package enum Blank: String, Sendable, CaseIterable {
        /// A blank cell leaves what is there.
        case keep
        /// A blank cell empties the field, or sets it to its default where it cannot be empty.
        case clear
        /// A blank cell stands for the default of its column or field; where there is none, what is there stays.
        case standard = "default"
    }

    /// Which of several records with one SKU is applied.
    package enum Duplicates: String, Sendable, CaseIterable {
        case last, first
        /// None: all of them fail.
        case reject
    }

    /// What a rejected row does to the others.
    package enum OnError: String, Sendable, CaseIterable {
        case skip
        /// One is enough to fail the job before anything is written.
        case stop
    }

    /// What becomes of active products that the file does not name.
    package enum Missing: String, Sendable, CaseIterable {
        case keep
        /// They become drafts.
        case deactivate
    }

    /// What becomes of records that have fewer cells than the header, or empty ones too many.
    package enum Ragged: String, Sendable, CaseIterable {
        /// Missing cells are blank, and empty ones too many are left out.
        case fill
        /// Such records fail.
        case refuse
    }

    package enum Unmapped: String, Sendable, CaseIterable {
        case refuse
        /// It waits until a user has said which column is which.
        case ask
    }

    /// What the file's rows become.
    package let target: ImportTarget
    package var mode = Mode.upsert
    package var blank = Blank.keep
    package var duplicates = Duplicates.last
    package var onError = OnError.skip
    package var missing = Missing.keep
    package var ragged = Ragged.fill
    /// Whether the plan waits for a user to confirm it.
    package var review = false
    /// Whether a plan that changes a great share of the catalogue waits although no review was asked for.
    package var isGuarded = true
    /// Whether a file may take back a yes that is meant to last, see `ImportTarget.lastingFields`.
    package var allowsReversal = false
    /// What the caller said of columns; once the header was read, what holds for them.
    package var mapping = ImportMapping()
    /// The name or the id of an import profile, `none`, or nil for whichever fits the header.
    package var profile: String?
    /// What identifies a product; nil where the caller has not said: the SKU.
    package var identify: ImportIdentity?
    /// What happens to a file whose columns are not clear.
    package var unmapped = Unmapped.refuse
    /// The names of the options that the caller gave.
    private var given: Set<String> = []

    /// How the file is to be read, where that is not to be found out.
    package var table = TableChoices()

    package init(target: ImportTarget) { self.target = target }

    /// The option that lets a file take back what is meant to last: in shops, that somebody wants no mail.
    package static let reversalName = "allow_optin"

    package static let names =
        [
            "mode", "blank", "duplicates", "on_error", "missing", "ragged", "review", "guard", "mapping", "profile",
            "unmapped", "identify", "target", reversalName,
        ] + TableChoices.optionNames

    /// Reads form parts or query values, for the target that they name.
    ///
    /// Throws a `WebError` that names the option and what it takes.
    package init(_ values: Fields, _ targets: ImportTargets) throws {
        let said = values["target"] ?? ""
        let name = said.isEmpty ? targets.standard.name : said
        guard let target = targets[name] else {
            let names = targets.all.map(\.name).joined(separator: ", ")
            throw WebError.invalid([Problem("target", "bad_option", "target takes \(names), not '\(name)'.")])
        }
        try self.init(values, target: target)
    }

    /// Reads form parts or query values.
    ///
    /// Throws a `WebError` that names the option and what it takes.
    package init(_ values: Fields, target: ImportTarget) throws {
        self.target = target
        for name in values.names {
            let value = values[name] ?? ""
            given.insert(name)
            switch name {
            case "mode": mode = try Self.choice(name, value)
            case "blank": blank = try Self.choice(name, value)
            case "duplicates": duplicates = try Self.choice(name, value)
            case "on_error": onError = try Self.choice(name, value)
            case "missing": missing = try Self.choice(name, value)
            case "ragged": ragged = try Self.choice(name, value)
            case "review": review = try Self.flag(name, value, on: "1", off: "0")
            case "guard": isGuarded = try Self.flag(name, value, on: "on", off: "off")
            case Self.reversalName: allowsReversal = try Self.flag(name, value, on: "1", off: "0")
            case "mapping": mapping = try ImportMapping(text: value, in: target)
            case "profile": profile = value
            case "unmapped": unmapped = try Self.choice(name, value)
            case "identify": identify = try Self.identity(value)
            case let name where TableChoices.optionNames.contains(name): try table.set(name, value)
            default: continue
            }
        }
        if let problem = contradiction { throw WebError.invalid([problem]) }
    }

    /// Whether an import waits for a person where the file does not tell in which encoding it is, or what identifies
    /// its products: always, unless the caller has said `review=0`, and then only where columns are asked for too.
    package var asksWhatIsUnclear: Bool { review || unmapped == .ask || !given.contains("review") }

    /// Whether a caller has said nothing that names what the file holds, or hangs on it.
    package static func leavesTargetOpen(_ values: Fields) -> Bool {
        ["target", "mapping", "profile", "identify"].allSatisfy { values[$0]?.isEmpty ?? true }
    }

    /// Options that exclude each other: a list of what goes is not a list of what stays.
    package var contradiction: Problem? {
        guard mode == .delete, missing == .deactivate else { return nil }
        return Problem("missing", "bad_option", "missing=deactivate cannot be combined with mode=delete.")
    }

    private static func identity(_ value: String) throws -> ImportIdentity {
        guard let identity = ImportIdentity(text: value) else {
            throw WebError.invalid([Problem("identify", "bad_option", "identify takes \(ImportIdentity.rule).")])
        }
        return identity
    }

    private static func flag(_ name: String, _ value: String, on: String, off: String) throws -> Bool {
        guard value == on || value == off else {
            throw WebError.invalid([Problem(name, "bad_option", "\(name) takes \(on), \(off), not '\(value)'.")])
        }
        return value == on
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ value: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: value) else {
            let list = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError.invalid([Problem(name, "bad_option", "\(name) takes \(list), not '\(value)'.")])
        }
        return choice
    }

    /// As the job keeps and shows them.
    package var json: JSON {
        // Left out where it is as ever, so that plans of earlier versions still fit their options.
        let strict = ragged == .refuse ? [JSON.Member("ragged", .string(ragged.rawValue))] : []
        let own: JSON = [
            "mode": .string(mode.rawValue), "blank": .string(blank.rawValue),
            "duplicates": .string(duplicates.rawValue), "on_error": .string(onError.rawValue),
            "missing": .string(missing.rawValue), "review": .bool(review), "guard": .bool(isGuarded),
            "mapping": mapping.json, "profile": .optional(profile),
        ]
        let said = identify.map { [JSON.Member("identify", .string($0.text))] } ?? []
        let reversal = allowsReversal ? [JSON.Member(Self.reversalName, true)] : []
        return .object((own.members ?? []) + strict + reversal + said + table.members)
    }

    /// Takes over what a profile says of the rows, where the caller has said nothing.
    mutating func take(_ profile: ImportProfile) {
        if !given.contains("mode"), let wanted = profile.mode { mode = wanted }
        if !given.contains("blank"), let wanted = profile.blank { blank = wanted }
        if identify == nil { identify = profile.identify }
    }

    /// Takes over what is proposed to identify the products: then the import waits for a person.
    ///
    /// Throws 422 `no_skus` where it may not wait.
    package mutating func take(_ proposal: IdentityProposal?, _ headers: [String]) throws(WebError) {
        guard let proposal, proposal.isProposed else { return }
        guard asksWhatIsUnclear else { throw proposal.refusal(headers) }
        (identify, review) = (proposal.identity, true)
    }

    /// Says in a profile how the rows are used.
    package func describe(_ profile: inout ImportProfile) {
        (profile.mode, profile.blank, profile.identify) = (mode, blank, identify)
        let reading = JSON.object(table.members)
        profile.encoding = reading["encoding"]?.stringValue
        profile.delimiter = reading["delimiter"]?.stringValue
        profile.quote = reading["quote"]?.stringValue
    }

    /// Back from the job.
    package init(json: JSON, target: ImportTarget) {
        self.target = target
        mode = json["mode"]?.stringValue.flatMap(Mode.init) ?? .upsert
        blank = json["blank"]?.stringValue.flatMap(Blank.init) ?? .keep
        duplicates = json["duplicates"]?.stringValue.flatMap(Duplicates.init) ?? .last
        onError = json["on_error"]?.stringValue.flatMap(OnError.init) ?? .skip
        missing = json["missing"]?.stringValue.flatMap(Missing.init) ?? .keep
        ragged = json["ragged"]?.stringValue.flatMap(Ragged.init) ?? .fill
        review = json["review"]?.boolValue ?? false
        isGuarded = json["guard"]?.boolValue ?? true
        allowsReversal = json[Self.reversalName]?.boolValue ?? false
        mapping = ImportMapping(json: json["mapping"] ?? [:], in: target)
        profile = json["profile"]?.stringValue
        identify = json["identify"]?.stringValue.flatMap(ImportIdentity.init(text:))
        table = TableChoices(json: json)
    }
}
