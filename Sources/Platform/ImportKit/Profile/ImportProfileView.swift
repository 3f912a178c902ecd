import AdminKit
import Identity
import ImportEngine
import Markup
import Records
import Tables
import Web

/// The pages of the import profiles.
enum ImportProfileView {
    static func list(
        _ profiles: [ImportProfile],
        _ pagination: Pagination,
        builtIn: [BuiltInProfiles.Entry],
        in shell: Shell
    ) -> HTML {
        Page(
            "Import profiles",
            parent: Link("Imports", ImportPath.imports.description),
            content: "\(saved(profiles, pagination))\(known(builtIn))"
        ).html(in: shell)
    }

    private static func saved(_ profiles: [ImportProfile], _ pagination: Pagination) -> HTML {
        guard !profiles.isEmpty else {
            return EmptyState(
                "No profiles yet",
                """
                A profile keeps what the columns of a file mean. Review an import, open its columns, and save them \
                under a name: the next file with the same header is read like it.
                """,
                action: Link("Import a file", ImportPath.imports.description).button(.primary)
            ).html
        }
        return """
            \(Table(
                "Import profiles",
                columns: [
                    Column("Name", style: "wide", isRowHeading: true) {
                        Link($0.name, ImportPath.importProfile($0.id).description).html
                    },
                    .number("Columns used") { HTML(escaping: Format.integer(used($0))) },
                    Column("Last used", style: "nowrap") { Time.html($0.usedAt) },
                    Column("Changed", style: "nowrap") { Time($0.updatedAt).html },
                ],
                rows: profiles
            ).html)
            \(pagination.html)
            """
    }

    private static func used(_ profile: ImportProfile) -> Int64 {
        Int64(profile.mapping.columns.filter { $0.target != .nothing }.count)
    }

    private static func known(_ profiles: [BuiltInProfiles.Entry]) -> HTML? {
        guard !profiles.isEmpty else { return nil }
        return """
            <section class="stack" aria-labelledby="built-in-title">
            <h2 id="built-in-title">Built in</h2>
            <p class="quiet">Files of these programs are recognised by their headers. A saved profile for the same \
            header goes before them.</p>
            \(Table(
                "Built-in profiles",
                columns: [
                    Column("Name", isRowHeading: true) { HTML(escaping: $0.profile.name) },
                    Column("Recognised by the columns", style: "wide") {
                        HTML(escaping: $0.signature.joined(separator: ", "))
                    },
                ],
                rows: profiles
            ).html)
            </section>
            """
    }

    static func one(_ profile: ImportProfile, name: String, error: String? = nil, in shell: Shell) -> HTML {
        let field = FormField(
            "name",
            "Name",
            value: name,
            error: error,
            isRequired: true,
            maxLength: ImportProfile.maxName
        )
        return Page(
            profile.name,
            parent: Link("Import profiles", ImportPath.importProfiles.description),
            errors: ErrorSummary([field]).html,
            content: """
                \(if: shell.allows(.runImports), Form(
                    action: ImportPath.importProfile(profile.id).description,
                    csrf: shell.csrf,
                    fields: [field],
                    submit: "Rename profile",
                    aside: """
                        <span class="push">\(Link(
                            "Delete profile…",
                            ImportPath.deleteImportProfile(profile.id).description
                        ).button(.quietDanger))</span>
                        """
                ).html)
                \(facts(profile))
                \(columns(profile))
                """
        ).html(in: shell)
    }

    private static func facts(_ profile: ImportProfile) -> HTML {
        let facts: [(String, String?)] = [
            ("Rows", profile.mode.map(ImportOptionFields.title)),
            ("Products are identified by", profile.identify.map(ImportOptionFields.title)),
            ("Empty cells", profile.blank.map(ImportOptionFields.title)),
            ("Delimiter", profile.table.delimiter.map(ImportFormatView.delimiter)),
            ("Quote", profile.table.quote.map(ImportFormatView.quote)),
            ("Encoding", profile.table.encoding?.title),
        ]
        let known = facts.filter { $0.1 != nil }
        guard !known.isEmpty else { return .empty }
        return "<dl class=\"facts\">\(each: known, { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>"
    }

    private static func columns(_ profile: ImportProfile) -> HTML {
        Table(
            "Columns",
            columns: [
                Column("Column", style: "code", isRowHeading: true) { HTML(escaping: $0.name) },
                Column("Means", style: "wide") { HTML(escaping: MappingWords.title($0.target, in: profile.target)) },
                Column("Blank cells") { column in
                    HTML(
                        escaping: column.standard ?? column.blank.map(ImportOptionFields.title)
                            ?? "as the import has it"
                    )
                },
            ],
            rows: profile.mapping.columns
        ).html
    }
}

/// What a column can mean, in words.
enum MappingWords {
    static func title(_ meaning: ImportMapping.Target, in target: ImportTarget) -> String {
        switch meaning {
        case .field(let name): target.record.field(name)?.label ?? name
        case .flag(.active): "Status, as yes or no"
        case .flag(.published): "Status, as published or not"
        case .attribute(let name): "Custom attribute \(name)"
        case .group: "Handle: the same in all rows of a product"
        case .option: "Value of an option (size, colour)"
        case .surcharge: "Surcharge of a variant on its product's price"
        case .salePrice: "Sale price, which makes the price the one before"
        case .storeView: "Store view: rows with one are skipped"
        case .nothing: "Nothing: left out"
        }
    }
}
