import Identity
import ImportEngine
import Records
import Support
import Web

/// `GET /api/import-targets`: what files can become, and what their columns may be called.
enum ImportTargetAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/import-targets",
            access: .permission(.readJobs),
            Operation(
                "What files can become: columns and their other names, what tells records apart, what it takes",
                responses: [200: [.json("ImportTargets")]]
            ),
            handler: list
        )
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .json(["items": .array(try context.importTargets.all.map(json))])
    }

    static func json(_ target: ImportTarget) -> JSON {
        let needed = Set((target.neededKeyFields + target.neededFields).map { target.fields[$0].name })
        let columns = ImportMapping.Target.all(of: target).compactMap { meaning -> JSON? in
            guard let name = meaning.name, !meaning.isOfRows else { return nil }
            let names = target.synonyms.entries.filter { $0.target == meaning }.flatMap(\.names)
            return [
                "name": .string(name), "label": .string(MappingWords.title(meaning, in: target)),
                "needed": .bool(needed.contains(name)),
                "synonyms": .array(names.map(JSON.string)),
            ]
        }
        let permissions = target.access.writing.union([.runImports]).map(\.rawValue).sorted()
        return [
            "name": .string(target.name), "noun": .string(target.record.noun.one),
            "nouns": .string(target.record.noun.many), "key": .array(target.record.key.fields.map(JSON.string)),
            "columns": .array(columns), "modes": .array(ImportOptions.Mode.allCases.map { .string($0.rawValue) }),
            "permissions": .array(permissions.map(JSON.string)),
        ]
    }
}
