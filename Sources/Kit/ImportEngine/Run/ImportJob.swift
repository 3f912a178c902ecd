package import Database
package import Jobs
package import Support
package import Tables

/// From where on other ways pay; tests set it so that small files take them too.
package struct ImportTuning: Sendable {
    /// Rows from which on a first load builds the indexes afterwards; below that it gains nothing.
    package var deferredIndexRows: Int64 = 20_000
    /// When records are matched with the whole table.
    package var matching = MatchDecision.Policy()
    /// From where on a plan waits for a person: as the shop has it when the plan is made.
    package var limits: @Sendable (Connection) throws -> ImportGuard.Limits = { _ in ImportGuard.Limits() }

    package init(deferredIndexRows: Int64 = 20_000) {
        self.deferredIndexRows = deferredIndexRows
    }
}

/// Jobs of imports: a file becomes records of a target.
///
/// Stages: *counting* reads the file once, counts its records and finds those that another one of the same SKU
/// replaces; *validating* makes the plan (`ImportPlanner`): what each record will do, and what is wrong with it;
/// *importing* carries the plan out in batches, each of which commits rows, counters, checkpoint, revisions and event
/// together (`PlannedImport`); *indexing* waits until every row can be found. Then the books must balance, or the job
/// fails.
///
/// Between validating and importing the job waits for a person when a review was asked for or the plan would change
/// too great a share (`ImportGuard`). A first load that no user reviews needs no plan: each record can only be created
/// (`DirectImport`).
///
/// Rows that failed can be brought back corrected: then the job is taken up once more, to merge them into its books
/// (`ImportRepairRun`).
package enum ImportJob {
    /// Imports and undos change the same products, so they may be made to wait for each other.
    package static let queue = "imports"

    /// The lane of imports: however long deletions and undos take, an import has a place.
    package static let lane = "imports"

    /// The share of a job's progress that checking is, in per cent; a first load is not checked.
    package static let checkingShare = ImportPlanner.progressShare

    /// The work of imports that become records of the target.
    package static func job(_ target: ImportTarget, _ tuning: ImportTuning = ImportTuning()) -> JobKind {
        JobKind(
            target.jobKind,
            queue: queue,
            lane: lane,
            changes: { try ChangedRecords.members($0, target.record) }
        ) { run in
            do {
                try ChangedFile.told(run) { try attempt(run, target, tuning) }
            } catch {
                try? makeUp(for: run, target, tuning, error)
                throw error
            }
        }
    }

    private static func attempt(_ run: JobRun, _ target: ImportTarget, _ tuning: ImportTuning) throws {
        let context = try ImportRunContext(run, target, tuning)
        if run.job.errand?.name == RepairNotes.errand {
            try ImportRepairRun(context).run()
        } else {
            try ImportRun(context, tuning).run()
        }
    }

    /// A load that ends without its indexes builds them, so that nothing waits for them. A full disk would only be
    /// filled again: then the next attempt does it, or the runner.
    private static func makeUp(
        for run: JobRun,
        _ target: ImportTarget,
        _ tuning: ImportTuning,
        _ error: any Error
    ) throws {
        let isFenced = (error as? JobError) == .fenced
        guard !isFenced, !JobWork.isDiskFull(error) else { return }
        try target.hooks(run, tuning).endLoad()
    }

    /// Where the table lies, as the job's parameters hold it.
    package struct Source: Sendable, Equatable {
        package var file: StoredPath
        /// The table's place in the file (a form's body holds more than the file).
        package var range: Range<Int64>
        /// What the file was found, or said, to be.
        package var format: TableFormat
        /// What the names of all files begin with that are made of this one, from the data folder: they stand beside an
        /// upload, which is ours, and among the temporary files when the file is a user's own.
        private let companion: String
        /// The data folder, where it is now. Never stored.
        private let folder: String
        /// What the file was when the job was asked for; nil for jobs of earlier versions.
        package var identity: SourceIdentity?

        private init(
            _ file: StoredPath,
            _ companion: String,
            _ range: Range<Int64>,
            _ format: TableFormat,
            _ folder: String,
            _ identity: SourceIdentity?
        ) {
            self.file = file
            self.companion = companion
            self.range = range
            self.format = format
            self.folder = folder
            self.identity = identity
        }

        /// Whether the file is one in the data folder, and not a user's own.
        package var isOurs: Bool { if case .outside = file { false } else { true } }

        /// An upload.
        /// - Parameters:
        ///   - path: from the root, in the data folder.
        ///   - folder: the data folder.
        package init(
            upload path: String,
            range: Range<Int64>,
            format: TableFormat = TableFormat(),
            identity: SourceIdentity? = nil,
            in folder: String
        ) {
            let file = StoredPath(path, in: folder)
            self.init(file, file.text, range, format, folder, identity)
        }

        /// A file that a user named on the command line: it stays where it is.
        /// - Parameters:
        ///   - path: from the root.
        ///   - companion: what the names of the files begin with that are made of it: a path in the data folder.
        package init(
            ownFile path: String,
            companion: String,
            range: Range<Int64>,
            format: TableFormat = TableFormat(),
            identity: SourceIdentity? = nil,
            in folder: String
        ) {
            self.init(.outside(path), StoredPath(companion, in: folder).text, range, format, folder, identity)
        }

        /// Nil also where files made of the table would stand outside the data folder.
        ///
        /// Earlier versions wrote every path from the root, and a process of one may do so until the new program has
        /// taken over: in this folder such a path means the same file.
        /// - Parameter folder: the data folder, see `Connection.folder`.
        package init?(json: JSON, in folder: String) {
            func stored(_ text: String) -> StoredPath? {
                text.hasPrefix("/") ? StoredPath(text, in: folder) : StoredPath(text: text)
            }
            let path = json["path"]?.stringValue
            let own = json["companion"]?.stringValue.flatMap(stored)
            guard let path, let file = own == nil ? stored(path) : StoredPath(text: path),
                case .inFolder(let companion) = own ?? file,
                let start = json["start"]?.intValue, let end = json["end"]?.intValue, start >= 0, start <= end
            else { return nil }
            let format = TableFormat(json: json["format"] ?? .null)
            self.init(file, companion, start..<end, format, folder, SourceIdentity(json: json["file"]))
        }

        /// Where the file is now.
        package var path: String { file.path(in: folder) }

        /// The plan that is made of the file.
        package var planPath: String { "\(folder)/\(companion).plan" }

        /// The working table that is made of the file because of its format; it goes with its job.
        package var workingPath: String { "\(folder)/\(companion).table" }

        /// What the job needs to know, and what its page says of the columns.
        package func parameters(
            _ columns: ImportColumns,
            _ use: ImportProfileUse? = nil,
            identity: IdentityProposal? = nil
        ) -> JSON {
            .object(
                (json.members ?? []) + [
                    JSON.Member("used", .object(columns.used.map { JSON.Member($0.header, .string($0.field)) })),
                    JSON.Member("ignored", .array(columns.ignored.map(JSON.string))),
                    JSON.Member("ignored_prices", .array(columns.ignoredPrices.map(JSON.string))),
                    JSON.Member("unclear", .array(columns.ambiguities.map { .array($0.columns.map(JSON.string)) })),
                    JSON.Member("profile", use?.json ?? .null), JSON.Member("found", format.found),
                    JSON.Member("identify", identity?.json ?? .null),
                ]
            )
        }

        /// Where the table lies and what it is.
        var json: JSON {
            [
                "path": .string(file.text), "start": .int(range.lowerBound), "end": .int(range.upperBound),
                "format": format.json, "companion": companion == file.text ? .null : .string(companion),
                "file": identity?.json ?? .null,
            ]
        }
    }
}
