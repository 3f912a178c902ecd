package import Support
import Tables
package import Web

/// What identifies the products of a file, with some of the SKUs that it makes; and what is proposed where a
/// well-known program's file has no SKUs.
package struct IdentityProposal: Sendable, Equatable {
    /// A SKU and the texts that it is made of.
    package struct Example: Sendable, Equatable {
        package var sku: String
        package var texts: [String]
    }

    package var identity: ImportIdentity
    /// The names of the columns.
    package var columns: [String]
    package var examples: [Example]
    /// Whether it is the program's choice, which a user has to confirm.
    package var isProposed: Bool
    /// How far the file was read for it; nil where that was not looked at.
    package var check: Check?

    /// What the records of a file show, as far as there was time to read them.
    package struct Check: Sendable, Equatable {
        package var rows: Int
        /// Whether these are all rows of the file.
        package var isWhole: Bool
        /// Rows that have a SKU of their own.
        package var own: Int
        /// Rows that would get the SKU of another product.
        package var clashes: Int
    }

    /// The records that examples are taken from.
    static let rows = 200
    private static let shown = 3

    /// What the records of a file show.
    /// - Parameters:
    ///   - descriptor: the file, open for reading.
    ///   - range: where the table lies in it.
    ///   - scratch: a folder for temporary files without a name.
    /// - Returns: nil where most products have SKUs, or nothing is known that could stand for them.
    ///
    /// Throws as `ImportHead.read`.
    package static func find(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ head: ImportHead,
        _ options: ImportOptions,
        _ use: ImportProfileUse?,
        scratch: String
    ) throws(WebError) -> IdentityProposal? {
        guard options.target.makesKeys, options.identify != .sku, options.identify != nil || isRecognised(use) else {
            return nil
        }
        do {
            let header = HeaderRow(
                target: options.target,
                line: head.format.hasHeaderLine ? head.format.headerLine : nil
            )
            let table = try ImportTable.head(
                descriptor,
                range,
                head.format,
                scratch: scratch,
                header: header,
                rows: options.identify == nil ? ImportTrial.convertedRows : rows
            )
            if let wanted = options.identify {
                return try IdentityTrial(table, head, options, wanted, isWhole: false)?.proposal()
            }
            return try best(table, head, options)
        } catch {
            throw ImportHead.refusal(error)
        }
    }

    private static func isRecognised(_ use: ImportProfileUse?) -> Bool {
        use.map { $0.profile.isBuiltIn || $0.profile.mapping.columns.contains { $0.target == .group } } ?? false
    }

    /// WooCommerce gives every product and variation a number.
    private static func hasID(_ head: ImportHead) -> Bool { CSVHeader(names: head.headers).column(named: "ID") != nil }

    /// The choice that tells all products apart, or else most of them.
    private static func best(
        _ table: ImportTable,
        _ head: ImportHead,
        _ options: ImportOptions
    ) throws -> IdentityProposal? {
        var best: IdentityProposal?
        for candidate in [ImportIdentity.handle] + (hasID(head) ? [.columns("ID")] : []) {
            guard let trial = try IdentityTrial(table, head, options, candidate, isWhole: true) else { continue }
            // One with a SKU of its own keeps it, so that is not asked of files that have theirs.
            if trial.own * 2 >= trial.own + trial.made { return nil }
            guard var proposal = trial.proposal(), let check = proposal.check else { continue }
            proposal.isProposed = true
            if check.clashes == 0 { return proposal }
            if check.clashes < best?.check?.clashes ?? .max { best = proposal }
        }
        return best
    }

    /// The columns in words.
    package var source: String {
        let isHandle = identity == .handle && columns.count > 1
        return isHandle ? "\(columns[0]) and the values of options" : columns.joined(separator: " and ")
    }

    /// The answer to an upload that may not wait for a person.
    package func refusal(_ headers: [String]) -> WebError {
        let list = examples.map(\.sku).joined(separator: ", ")
        return WebError(
            422,
            "no_skus",
            """
            The products of the file have no SKUs. Say identify=\(identity.text) to have them made of \
            \(source) (\(list)), or identify=COLUMN for another column that identifies a product.
            """,
            members: [
                ImportHeader.list("headers", headers), JSON.Member("identify", .string(identity.text)),
                ImportHeader.list("examples", examples.map(\.sku)),
            ]
        )
    }

    /// As the job keeps it and its plan shows it.
    package var json: JSON {
        [
            "by": .string(identity.text), "columns": .array(columns.map(JSON.string)), "proposed": .bool(isProposed),
            "examples": .array(
                examples.map { ["sku": .string($0.sku), "from": .array($0.texts.map(JSON.string))] }
            ),
            "checked": check.map(\.json) ?? .null,
        ]
    }

    /// Back from `json`.
    package init?(json: JSON?) {
        guard let json, let identity = json["by"]?.stringValue.flatMap(ImportIdentity.init(text:)) else { return nil }
        self.identity = identity
        columns = (json["columns"]?.arrayValue ?? []).compactMap(\.stringValue)
        isProposed = json["proposed"]?.boolValue ?? false
        check = Check(json: json["checked"])
        examples = (json["examples"]?.arrayValue ?? []).map { example in
            Example(
                sku: example["sku"]?.stringValue ?? "",
                texts: (example["from"]?.arrayValue ?? []).compactMap(\.stringValue)
            )
        }
    }

    init(identity: ImportIdentity, columns: [String], examples: [Example], check: Check?) {
        (self.identity, self.columns, self.examples, self.check) = (identity, columns, examples, check)
        isProposed = false
    }
}

extension IdentityProposal.Check {
    var json: JSON {
        [
            "rows": .int(rows), "all": .bool(isWhole), "own": .int(own), "ambiguous": .int(clashes),
        ]
    }

    init?(json: JSON?) {
        guard let json, let rows = json["rows"]?.intValue else { return nil }
        self.rows = Int(rows)
        isWhole = json["all"]?.boolValue ?? false
        own = Int(json["own"]?.intValue ?? 0)
        clashes = Int(json["ambiguous"]?.intValue ?? 0)
    }
}
