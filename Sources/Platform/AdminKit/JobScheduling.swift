package import Support
package import Web

/// What jobs of a kind can be asked to do by nothing but parameters, by schedules and by hand.
package struct JobScheduling: Sendable {
    /// What such a job is good for, in a sentence.
    package let purpose: String
    package let parameters: [Parameter]

    package init(_ purpose: String, parameters: [Parameter] = []) {
        self.purpose = purpose
        self.parameters = parameters
    }

    /// One thing to choose.
    package struct Parameter: Sendable {
        package let name: String
        package let label: String
        package let choices: [FormField.Choice]

        /// - Parameter choices: the first is taken where nothing is said.
        package init(_ name: String, _ label: String, choices: [FormField.Choice]) {
            self.name = name
            self.label = label
            self.choices = choices
        }

        /// What is taken where nothing is said.
        package var defaultValue: String { choices.first?.value ?? "" }
    }

    /// The parameters with what was left out, and what is wrong with them; a problem's field is `parameters.NAME`.
    package func read(_ json: JSON?) -> (parameters: JSON, problems: [Problem]) {
        guard let members = json?.isNull ?? true ? [] : json?.members else {
            return ([:], [Problem("parameters", "wrong_type", "'parameters' is an object.")])
        }
        var problems: [Problem] = []
        for member in members {
            let field = "parameters.\(member.name)"
            guard let known = parameters.first(where: { $0.name == member.name }) else {
                problems.append(Problem(field, "unknown_field", "Such a job has no parameter '\(member.name)'."))
                continue
            }
            let words = known.choices.map(\.value)
            if !words.contains(member.value.stringValue ?? "") {
                let list = words.joined(separator: ", ")
                problems.append(Problem(field, "bad_option", "'\(member.name)' takes one of \(list)."))
            }
        }
        let all = parameters.map { parameter in
            JSON.Member(
                parameter.name,
                members.first { $0.name == parameter.name }?.value ?? .string(parameter.defaultValue)
            )
        }
        return (.object(all), problems)
    }

    /// The controls with the values of a job's parameters.
    package func fields(_ values: JSON) -> [FormField] {
        parameters.map { parameter in
            FormField(
                "parameters.\(parameter.name)",
                parameter.label,
                .select(parameter.choices),
                value: values[parameter.name]?.stringValue ?? parameter.defaultValue,
                isRequired: true
            )
        }
    }

    /// What a form has sent for them.
    package func values(_ form: Fields) -> JSON {
        .object(
            parameters.compactMap { parameter in
                form["parameters.\(parameter.name)"].map { JSON.Member(parameter.name, .string($0)) }
            }
        )
    }

    /// The parameters in words: `Task: Check the database`.
    package func words(_ values: JSON) -> String {
        parameters.compactMap { parameter in
            parameter.choices.first { $0.value == values[parameter.name]?.stringValue }
                .map { "\(parameter.label): \($0.title)" }
        }.joined(separator: ", ")
    }

    /// What the API takes as parameters.
    package var schema: Schema {
        .object(
            parameters.map { ($0.name, .choice($0.choices.map(\.value), $0.label)) },
            required: [],
            purpose
        )
    }
}
