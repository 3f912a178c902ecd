import Database
import Jobs
package import Records
import Support
import Web

/// The products that one job created, updated or put back, as far as they are still there.
package struct ProductFilterJob: Sendable, Equatable {
    /// The job's key.
    package var id: Int64
    /// What the job did with them: any of these; anything when empty.
    package var changes: [Revision.Change]

    package init(id: Int64, changes: [Revision.Change] = []) {
        self.id = id
        self.changes = changes
    }

    /// Asks for one product whether the job changed it: right for a job that changed a great part of the catalogue.
    var condition: SQL {
        """
        EXISTS (SELECT 1 FROM product_revision job WHERE job.product_id = p.id AND job.job_id = \(id)\(kinds))
        """
    }

    /// Finds the products by the job's revisions: right for one that changed few.
    var ids: SQL {
        "p.id IN (SELECT job.product_id FROM product_revision job WHERE job.job_id = \(id)\(kinds))"
    }

    private var kinds: SQL {
        changes.isEmpty ? "" : " AND job.change IN \(list: changes.map(\.rawValue))"
    }

    /// Whether the job left at most so many revisions.
    func isSmall(_ connection: Connection, limit: Int64) throws(DatabaseError) -> Bool {
        let changed: SQL = "SELECT 1 FROM product_revision WHERE job_id = \(id) LIMIT \(limit + 1)"
        let found = try connection.first("SELECT COUNT(*) FROM (\(changed)) changed") { row in row.int(0) } ?? 0
        return found <= limit
    }

    // MARK: In addresses

    static let parameters = ["job", "change"]

    private static let words: [(word: String, change: Revision.Change)] = [
        ("created", .create), ("updated", .update), ("restored", .restore), ("deleted", .delete),
    ]

    /// Reads `job` and `change`; nil when there is no job. Throws 400 for a job that there is not, for other words, and
    /// for a change without a job.
    init?(_ query: Fields, _ connection: Connection) throws {
        let text = query["job"] ?? ""
        guard !text.isEmpty else {
            guard (query["change"] ?? "").isEmpty else {
                throw WebError.badParameter("change", "no_job", "'change' needs 'job': the id of the job that made it.")
            }
            return nil
        }
        guard let job = try JobStore(connection).find(publicID: text) else {
            throw WebError.badParameter("job", "unknown_job", "There is no job with the id '\(text)'.")
        }
        self.init(id: job.id)
        for part in (query["change"] ?? "").split(separator: ",") {
            guard let known = Self.words.first(where: { $0.word == part }) else {
                let all = Self.words.map(\.word).joined(separator: ", ")
                let detail = "'change' takes one or more of \(all), with commas."
                throw WebError.badParameter("change", "bad_change", detail)
            }
            changes.append(known.change)
        }
    }
}
