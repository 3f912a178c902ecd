import AdminKit
import Identity
import Markup
import Web

/// What the page of the settings shows.
struct ConfigurationModel: Sendable {
    var settings: [Setting]
    /// Of the configuration, so that two people do not undo each other's changes unseen.
    var version: Int64
    /// The category that was to be saved when another user had been quicker.
    var conflict: ConfigurationEntry.Category?

    /// The headings, each once.
    var categories: [ConfigurationEntry.Category] {
        var categories: [ConfigurationEntry.Category] = []
        for setting in settings where !categories.contains(setting.entry.category) {
            categories.append(setting.entry.category)
        }
        return categories
    }

    /// A setting with what stands in its field.
    struct Setting: Sendable {
        let entry: ConfigurationEntry
        let state: Configuration.State
        /// As typed; of a secret always empty at first.
        var text: String
        var error: String?

        init(_ entry: ConfigurationEntry, _ state: Configuration.State) {
            self.entry = entry
            self.state = state
            text = state.value ?? ""
        }

        var isFixed: Bool { state.source == .environment }

        /// Under which name the box stands that takes a secret away.
        var removal: String { "\(entry.key).remove" }

        /// Takes what a form has for it.
        /// - Returns: what is to be stored; nil when nothing differs or something is wrong.
        mutating func take(_ form: Fields) -> (entry: ConfigurationEntry, value: String?)? {
            guard !isFixed else { return nil }
            let typed = form[entry.key] ?? (entry.dataType == .boolean ? "false" : "")
            if entry.isSecret {
                if form[removal] == "1" { return state.isSet ? (entry, nil) : nil }
                // An empty field leaves the secret as it is: it is never shown, so it cannot come back.
                if typed.isEmpty { return nil }
            }
            text = entry.isSecret ? "" : typed
            do throws(ConfigurationFault) {
                let value = try entry.canonical(entry.dataType == .boolean && typed == "1" ? "true" : typed)
                guard value != state.value else { return nil }
                return (entry, value == entry.defaultValue ? nil : value)
            } catch {
                self.error = error.detail
                return nil
            }
        }
    }
}

/// The settings, in a form for each category.
enum ConfigurationView {
    static func html(_ model: ConfigurationModel, in shell: Shell) -> HTML {
        let wrong = model.settings.filter { $0.error != nil }.map(field)
        let conflict = model.conflict.map { category in
            Problem(
                "",
                "changed_meanwhile",
                """
                Somebody has changed the settings since you opened this page. Look at \(category.title) again, \
                then save.
                """
            )
        }
        return Page(
            "Settings",
            errors: ErrorSummary(wrong, general: [conflict].compactMap { $0 }).html,
            content: "\(each: model.categories, { section($0, model, shell) })"
        ).html(in: shell)
    }

    private static func section(
        _ category: ConfigurationEntry.Category,
        _ model: ConfigurationModel,
        _ shell: Shell
    ) -> HTML {
        let settings = model.settings.filter { $0.entry.category == category }
        guard !settings.isEmpty else { return .empty }
        let fields = settings.flatMap { setting in
            setting.entry.isSecret && setting.state.isSet && !setting.isFixed
                ? [field(setting), removal(setting)] : [field(setting)]
        }
        return """
            <section class="stack ruled" aria-labelledby="settings-\(category.name)">
            <h2 id="settings-\(category.name)">\(category.title)</h2>
            \(Form(
                action: "/settings/\(category.name)",
                csrf: shell.csrf,
                fields: fields,
                hidden: [.init("version", String(model.version))],
                submit: "Save \(category.title.lowercased()) settings",
                style: .secondary
            ).html)
            </section>
            """
    }

    private static func removal(_ setting: ConfigurationModel.Setting) -> FormField {
        FormField(setting.removal, "Remove it: \(setting.entry.title)", .checkbox)
    }

    private static func field(_ setting: ConfigurationModel.Setting) -> FormField {
        let entry = setting.entry
        var field = FormField(
            entry.key,
            entry.title,
            setting.isFixed ? .text() : kind(entry),
            value: setting.text,
            hint: hint(setting),
            error: setting.error,
            isRequired: entry.isRequired,
            isReadOnly: setting.isFixed
        )
        if entry.isSecret { field.value = "" }
        if entry.dataType == .boolean, !setting.isFixed { field.value = setting.text == "true" ? "1" : "" }
        return field
    }

    private static func kind(_ entry: ConfigurationEntry) -> FormField.Kind {
        if case .choices(let words) = entry.rule { return .select(words.map { FormField.Choice($0, $0) }) }
        switch entry.dataType {
        case .string, .decimal: return .text()
        case .integer: return .wholeNumber
        case .boolean: return .checkbox
        case .json: return .textArea(rows: 3)
        case .secret: return .password
        }
    }

    private static func hint(_ setting: ConfigurationModel.Setting) -> String {
        let entry = setting.entry
        var parts = [entry.description]
        if let range = entry.range { parts.append("From \(range.lowerBound) to \(range.upperBound).") }
        if entry.isSecret {
            parts.append(setting.state.isSet ? "It is set and never shown; type a new one to replace it." : "Not set.")
        } else if let defaultValue = entry.defaultValue, defaultValue != setting.state.value {
            parts.append("Default: \(defaultValue).")
        }
        if entry.effect == .nextStart { parts.append("Takes effect at the next start.") }
        if setting.isFixed { parts.append("Fixed by the variable \(entry.variable) or its flag.") }
        return parts.joined(separator: " ")
    }
}
