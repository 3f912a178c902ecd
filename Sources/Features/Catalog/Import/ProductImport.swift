package import Jobs
package import Support
package import Tables

/// The job `product_import`: a file becomes products.
///
/// Stages: *counting* reads the file once, counts its records and finds those that another one of the same SKU
/// replaces; *validating* makes the plan (`ImportPlanner`): what each record will do, and what is wrong with it;
/// *importing* carries the plan out in batches, each of which commits rows, counters, checkpoint, revisions and event
/// together (`PlannedImport`); *indexing* waits until every row can be found. Then the books must balance, or the job
/// fails.
///
/// Between validating and importing the job waits for a person when a review was asked for or the plan would change
/// too great a share (`ImportGuard`). A first load that nobody reviews needs no plan: each record can only be created
/// (`DirectImport`).
///
/// Rows that failed can be brought back corrected: then the job is taken up once more, to merge them into its books
/// (`ProductRepairRun`).
package enum ProductImport {
    package static let kind = "product_import"

    /// Imports and undos change the same products, so they may be made to wait for each other.
    package static let queue = "imports"

    package static let job = job(Tuning())

    /// From where on other ways pay; tests set it so that small files take them too.
    struct Tuning: Sendable {
        /// A first load of so many rows builds the indexes afterwards; below that it gains nothing.
        var deferredIndexRows: Int64 = 20_000
        /// When records are matched with the whole catalogue.
        var matching = MatchDecision.Policy()
    }

    static func job(_ tuning: Tuning) -> JobKind {
        JobKind(kind, queue: queue, changes: ChangedProducts.members) { run in
            if run.job.errand?.name == RepairNotes.errand {
                try ProductRepairRun(run).run()
            } else {
                try ProductImportRun(run, tuning).run()
            }
        }
    }

    /// Where the table lies, as the job's parameters hold it.
    package struct Source: Sendable, Equatable {
        package var path: String
        /// The table's place in the file (a form's body holds more than the file).
        package var range: Range<Int64>
        /// What the file was found, or said, to be.
        package var format: TableFormat
        /// What the names of all files begin with that are made of this one: they stand beside an upload, which is
        /// ours, and elsewhere when the file is somebody's own.
        package var companion: String

        /// - Parameter companion: the path itself when left out.
        package init(
            path: String,
            range: Range<Int64>,
            format: TableFormat = TableFormat(),
            companion: String? = nil
        ) {
            self.path = path
            self.range = range
            self.format = format
            self.companion = companion ?? path
        }

        package init?(json: JSON) {
            guard let path = json["path"]?.stringValue, let start = json["start"]?.intValue,
                let end = json["end"]?.intValue, start >= 0, start <= end
            else { return nil }
            self.init(
                path: path,
                range: start..<end,
                format: TableFormat(json: json["format"] ?? .null),
                companion: json["companion"]?.stringValue
            )
        }

        /// The plan that is made of the file.
        var planPath: String { "\(companion).plan" }

        /// What the job needs to know, and what its page says of the columns.
        package func parameters(_ columns: ImportColumns, _ use: ImportProfileUse? = nil) -> JSON {
            .object(
                (json.members ?? []) + [
                    JSON.Member("used", .object(columns.used.map { JSON.Member($0.header, .string($0.field)) })),
                    JSON.Member("ignored", .array(columns.ignored.map(JSON.string))),
                    JSON.Member("unclear", .array(columns.ambiguities.map { .array($0.columns.map(JSON.string)) })),
                    JSON.Member("profile", use?.json ?? .null),
                ]
            )
        }

        /// Where the table lies and what it is.
        var json: JSON {
            [
                "path": .string(path), "start": .int(range.lowerBound), "end": .int(range.upperBound),
                "format": format.json, "companion": companion == path ? .null : .string(companion),
            ]
        }
    }
}
