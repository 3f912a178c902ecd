import AdminKit
import Identity
import Support
import Web

/// The page of the settings: a form for each category.
struct ConfigurationPages: Sendable {
    private let settings: ConfigurationEntries

    init(_ settings: ConfigurationEntries) {
        self.settings = settings
    }

    var routes: [AppRoute] {
        [
            AppRoute(.get, "/settings", access: .permission(.adminSettings), .page("Settings"), handler: show),
            AppRoute(
                .post,
                "/settings/{category}",
                access: .permission(.adminSettings),
                .form("Changes the settings of a category"),
                handler: change
            ),
        ]
    }

    @Sendable private func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["saved"])
        var flashes: [Flash] = []
        if let saved = context.request.query["saved"].flatMap(settings.category) {
            let restart = settings.all.contains { $0.category == saved && $0.effect == .nextStart }
            let more = restart ? " What says so takes effect at the next start." : ""
            flashes.append(Flash(.success, "The settings of \(saved.title) are saved and in force.\(more)"))
        }
        return .page(ConfigurationView.html(try model(context), in: try context.shell(flashes: flashes)))
    }

    private func model(_ context: RequestContext) throws -> ConfigurationModel {
        let shown = try settings.all.map { entry in
            ConfigurationModel.Setting(entry, try context.configuration.state(entry))
        }
        return ConfigurationModel(settings: shown, version: try context.configuration.currentVersion())
    }

    @Sendable private func change(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        guard let category = settings.category(try context.parameters.string("category")) else {
            throw WebError.notFound
        }
        var model = try model(context)
        var changes: [(entry: ConfigurationEntry, value: String?)] = []
        for index in model.settings.indices where model.settings[index].entry.category == category {
            if let change = model.settings[index].take(form) { changes.append(change) }
        }
        let isStale = Int64(form["version"] ?? "") != model.version
        if isStale, !changes.isEmpty { model.conflict = category }
        guard model.conflict == nil, !model.settings.contains(where: { $0.error != nil }) else {
            return .page(ConfigurationView.html(model, in: try context.shell()), status: isStale ? 409 : 422)
        }
        try ConfigurationStore(context.database).set(changes, context: try context.writeContext)
        return .seeOther("/settings?saved=\(category.name)")
    }
}
