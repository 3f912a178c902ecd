import Identity
import Support
import Web

extension ConfigurationEntry {
    /// A setting as the API shows it. Secrets are never in it, only whether there is one.
    func json(_ state: Configuration.State) -> JSON {
        let choices: JSON
        if case .choices(let words) = rule { choices = .array(words.map(JSON.string)) } else { choices = .null }
        return [
            "key": .string(key), "category": .string(category.name), "title": .string(title),
            "description": .string(description), "data_type": .string(dataType.rawValue),
            "value": isSecret ? .null : json(state.value), "is_set": .bool(state.isSet),
            "source": .string(state.source.rawValue), "variable": .string(variable),
            "default": json(defaultValue), "is_required": .bool(isRequired), "is_encrypted": .bool(isSecret),
            "validation_regex": .optional(validationRegex), "minimum": .optional(range?.lowerBound),
            "maximum": .optional(range?.upperBound), "choices": choices, "applies": .string(effect.rawValue),
            "version": .int(state.version), "updated_at": .optional(state.updatedAt),
        ]
    }

    /// The strong entity tag of a setting as it stands, without its quotes. What the environment fixes is another state
    /// than what is stored.
    func tag(_ state: Configuration.State) -> String {
        state.source == .environment ? "\(key)-\(state.version)-fixed" : "\(key)-\(state.version)"
    }

    /// What a client wants a setting to be; nil takes it back to its default.
    func wanted(_ value: JSON, _ state: Configuration.State) throws(ConfigurationFault) -> String? {
        guard state.source != .environment else {
            throw ConfigurationFault(code: "overridden", detail: fixed)
        }
        return value.isNull ? nil : try canonical(try text(value))
    }

    /// Why it cannot be changed, and what to do.
    var fixed: String {
        """
        \(title) is fixed by the variable \(variable) or its flag: take that away and start Bodega again to choose it \
        here.
        """
    }
}
