import Support
package import Web

extension ProductField {
    /// Reads what a person or a client wrote into the form in which it is stored, or says what is wrong with it.
    /// - Parameters:
    ///   - text: nil or "" for no value.
    ///   - former: what stands there: where that is beyond a limit, it can be made smaller step by step.
    package func parse(
        _ text: String?,
        _ currency: Currency,
        over former: Value = .none
    ) -> Result<Value, ValidationFailure> {
        let written = kind.isMultiline ? text ?? "" : (text ?? "").trimmed
        guard !written.isEmpty else {
            return isRequired ? .failure(failure("required", "\(label) is missing: enter one.")) : .success(.none)
        }
        switch kind {
        case .text(let max, let multiline): return parseText(written, max: max, multiline: multiline)
        case .gtin: return parseText(written, max: Self.gtinLimit, multiline: false)
        case .attributes: return parseAttributes(written, over: former)
        case .money:
            do {
                return .success(.integer(try currency.minorUnits(written)))
            } catch {
                let example = currency.text(1250)
                return .failure(
                    failure("bad_price", "\(label) must be a positive amount in \(currency.code), like \(example).")
                )
            }
        case .choice(let choices):
            guard choices.contains(written) else {
                let list = choices.joined(separator: ", ")
                return .failure(failure("bad_\(name)", "\(label) must be one of \(list)."))
            }
            return .success(.text(written))
        }
    }

    /// Scalars in a UPC: real ones have 14 digits at most, but what is not one is kept too.
    static let gtinLimit = 64

    private func parseAttributes(_ text: String, over former: Value) -> Result<Value, ValidationFailure> {
        checked { () throws(CustomAttributes.Refusal) in
            try CustomAttributes(typed: text, over: try CustomAttributes.standing(former))
        }
    }

    /// Attributes as the field's value, or what is wrong with them.
    func checked(
        _ attributes: () throws(CustomAttributes.Refusal) -> CustomAttributes
    ) -> Result<Value, ValidationFailure> {
        do {
            let attributes = try attributes()
            return .success(attributes.all.isEmpty ? .none : .text(attributes.text))
        } catch {
            return .failure(failure(error.code, error.detail))
        }
    }

    private func parseText(_ text: String, max: Int, multiline: Bool) -> Result<Value, ValidationFailure> {
        guard text.unicodeScalars.count <= max else {
            return .failure(failure("too_long", "\(label) may have at most \(max) characters."))
        }
        let isKey = name == "sku"
        let hasForbidden = text.unicodeScalars.contains {
            ($0.value < 0x20 && !(multiline && [0x09, 0x0A, 0x0D].contains($0.value))) || $0.value == 0x7F
                || (isKey && $0.value > 0x7F && $0.value < 0xA0)
        }
        guard !hasForbidden else {
            let code = isKey ? "bad_sku" : "control_character"
            return .failure(failure(code, "\(label) must not hold control characters."))
        }
        return .success(.text(text))
    }

    private func failure(_ code: String, _ detail: String) -> ValidationFailure {
        ValidationFailure(problem: Problem(name, code, detail))
    }
}

/// One refused value.
package struct ValidationFailure: Error, Sendable, Equatable {
    package let problem: Problem
}

/// A product as somebody wants it, and everything that is wrong with it.
package struct ProductDraft: Sendable, Equatable {
    package var product: Product
    package var problems: [Problem] = []

    package init(_ product: Product = Product()) {
        self.product = product
    }

    /// Takes one field over from text; a problem leaves the old value.
    package mutating func set(_ field: ProductField, _ text: String?, _ currency: Currency) {
        switch field.parse(text, currency, over: field.read(product)) {
        case .success(let value): field.write(&product, value)
        case .failure(let failure): problems.append(failure.problem)
        }
    }
}
