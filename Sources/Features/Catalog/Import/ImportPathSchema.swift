import Database

/// Makes the paths of imports relative to the data folder, see `StoredPath`, and takes the plan's path out of the
/// checkpoint: where it stands follows from the upload.
///
/// What an upload's path ended with was ours in every version, so a path that a move of the folder had made wrong is
/// right again. The functions on JSON are SQLite's own.
enum ImportPathSchema {
    static let migration = Migration(
        "2026-11-30-22 imports: paths relative to the data folder",
        up: [uploads, ownFiles, plans, repairs],
        down: [companionBack, planBack, uploadBack, repairBack]
    )

    private static let uploads: SQL = """
        UPDATE job SET parameters = json_set(parameters, '$.path', 'spool/uploads/' || public_id)
        WHERE kind = 'product_import' AND json_extract(parameters, '$.path') LIKE '%/spool/uploads/' || public_id
        """

    /// What is made of a user's own file stands among our temporary files.
    private static let ownFiles: SQL = """
        UPDATE job SET parameters = json_set(parameters, '$.companion', 'spool/scratch/' || public_id)
        WHERE kind = 'product_import' AND json_extract(parameters, '$.path') LIKE '/%'
        """

    /// Which plan it is was not noted.
    private static let plans: SQL = """
        UPDATE job SET checkpoint = json_set(checkpoint, '$.plan', '')
        WHERE kind = 'product_import' AND json_extract(checkpoint, '$.plan') IS NOT NULL
        """

    private static let repairs: SQL = """
        UPDATE job SET checkpoint = json_set(checkpoint, '$.repair.source.path',
            'spool/uploads/' || public_id || '.repair')
        WHERE kind = 'product_import' AND json_extract(checkpoint, '$.repair.source.path') IS NOT NULL
        """

    // MARK: Back

    /// The folder of the database with a slash behind it: its path without what is no slash at the end.
    private static let folder =
        "(SELECT rtrim(file, replace(file, '/', '')) FROM pragma_database_list WHERE name = 'main')"

    private static let companionBack: SQL = """
        UPDATE job SET parameters = json_set(parameters, '$.companion',
            \(raw: folder) || json_extract(parameters, '$.companion'))
        WHERE kind = 'product_import' AND json_extract(parameters, '$.companion') IS NOT NULL
        """

    /// Earlier versions do not read a plan of this one: it is made anew, as long as nothing was done by it.
    private static let planBack: SQL = """
        UPDATE job SET checkpoint = json_set(checkpoint, '$.plan', COALESCE(json_extract(parameters, '$.companion'),
            \(raw: folder) || json_extract(parameters, '$.path')) || '.plan')
        WHERE kind = 'product_import' AND json_extract(checkpoint, '$.plan') IS NOT NULL
        """

    private static let uploadBack: SQL = """
        UPDATE job SET parameters = json_set(parameters, '$.path', \(raw: folder) || json_extract(parameters, '$.path'))
        WHERE kind = 'product_import' AND json_extract(parameters, '$.path') NOT LIKE '/%'
        """

    private static let repairBack: SQL = """
        UPDATE job SET checkpoint = json_set(checkpoint, '$.repair.source.path',
            \(raw: folder) || json_extract(checkpoint, '$.repair.source.path'))
        WHERE kind = 'product_import' AND json_extract(checkpoint, '$.repair.source.path') IS NOT NULL
        """
}
