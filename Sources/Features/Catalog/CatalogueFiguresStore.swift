package import Database
import Jobs
package import Support

/// All SQL of the catalogue's figures. Counting reads every product, so the runner does it now and then and pages show
/// what it found: one row a day, of which the last one is renewed.
package struct CatalogueFiguresStore {
    let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// What was counted last; nil before the first time.
    package func newest() throws(DatabaseError) -> CatalogueFigures? {
        try series(limit: 1).first
    }

    /// The last days on which something was counted, newest first.
    package func series(limit: Int) throws(DatabaseError) -> [CatalogueFigures] {
        try connection.all(
            """
            SELECT counted_at, products, active, \(Self.columns) FROM catalogue_figures
            ORDER BY day DESC LIMIT \(limit)
            """
        ) { row in
            CatalogueFigures(
                at: row.time(0),
                products: row.int(1),
                active: row.int(2),
                lacks: CatalogueFigures.fields.enumerated().map { .init(field: $1, products: row.int(Int32(3 + $0))) }
            )
        }
    }

    /// Counts again where products have changed since the last time.
    /// - Returns: whether there was anything to count.
    @discardableResult
    package func count(at now: Timestamp) throws -> Bool {
        let revision = try connection.first("SELECT COALESCE(MAX(id), 0) FROM product_revision") { $0.int(0) } ?? 0
        let counted = try connection.first(
            "SELECT revision, products FROM catalogue_figures ORDER BY day DESC LIMIT 1"
        ) { ($0.int(0), $0.int(1)) }
        if let counted, counted.0 == revision { return false }
        let sums = CatalogueFigures.fields.map { field -> SQL in
            "COALESCE(SUM(CASE WHEN \(ident: field.name) IS NULL THEN 1 ELSE 0 END), 0)"
        }
        let columns = sums.joined(separator: ", ")
        let figures = try connection.first(
            """
            SELECT COUNT(*), COALESCE(SUM(CASE WHEN status = 'active' THEN 1 ELSE 0 END), 0), \(columns) FROM product
            """
        ) { row in (0..<(2 + sums.count)).map { row.int(Int32($0)) } }
        guard let figures, figures[0] > 0 || counted != nil else { return false }
        try connection.write {
            let values = figures.map { "\($0)" as SQL }.joined(separator: ", ")
            let renewed = (["products", "active"] + CatalogueFigures.fields.map { "lacks_\($0.name)" }).map {
                "\(ident: $0) = excluded.\(ident: $0)" as SQL
            }.joined(separator: ", ")
            try connection.execute(
                """
                INSERT INTO catalogue_figures (day, counted_at, revision, products, active, \(Self.columns))
                VALUES (\(now.milliseconds / 86_400_000), \(now), \(revision), \(values))
                ON CONFLICT (day) DO UPDATE SET counted_at = excluded.counted_at, revision = excluded.revision,
                    \(renewed)
                """
            )
        }
        return true
    }

    private static let columns = CatalogueFigures.fields.map { "\(ident: "lacks_\($0.name)")" as SQL }
        .joined(separator: ", ")
}

/// The table of the catalogue's figures.
enum CatalogueFiguresSchema {
    static let migration = Migration(
        "2026-11-30-90 catalog: figures of the home page",
        up: [
            """
            CREATE TABLE catalogue_figures (
                day INTEGER PRIMARY KEY,
                counted_at INTEGER NOT NULL,
                revision INTEGER NOT NULL,
                products INTEGER NOT NULL,
                active INTEGER NOT NULL,
                lacks_price INTEGER NOT NULL,
                lacks_upc INTEGER NOT NULL,
                lacks_brand INTEGER NOT NULL,
                lacks_description INTEGER NOT NULL
            ) \(.strict)
            """
        ],
        down: ["DROP TABLE catalogue_figures"]
    )
}
