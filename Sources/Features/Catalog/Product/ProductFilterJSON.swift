import Support

extension ProductFilter {
    /// The filter as a job keeps it: what is not set is left out; amounts in minor units, times in milliseconds.
    var json: JSON {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON?) { if let value { members.append(JSON.Member(name, value)) } }
        add("q", q.map(JSON.string))
        add("name", name.map(JSON.string))
        add("brand", brand.map(JSON.string))
        add("description", description.map(JSON.string))
        add("sku", sku.map(JSON.string))
        if !statuses.isEmpty { add("status", .array(statuses.map { .string($0.rawValue) })) }
        add("active", active.map(JSON.bool))
        add("price_min", priceMin.map { .int($0) })
        add("price_max", priceMax.map { .int($0) })
        add("updated_since", updatedSince.map { .int($0.milliseconds) })
        add("id_max", idMax.map { .int($0) })
        return .object(members)
    }

    /// Nil when the JSON holds anything that is not of this form: a filter that is not understood would match more.
    init?(json: JSON) {
        guard let members = json.members else { return nil }
        self.init()
        for member in members where !take(member) { return nil }
    }

    private mutating func take(_ member: JSON.Member) -> Bool {
        let text = member.value.stringValue
        let number = member.value.intValue
        switch member.name {
        case "q": q = text
        case "name": name = text
        case "brand": brand = text
        case "description": description = text
        case "sku": sku = text
        case "status":
            guard let items = member.value.arrayValue else { return false }
            statuses = items.compactMap { $0.stringValue.flatMap(Product.Status.init(rawValue:)) }
            return statuses.count == items.count && !items.isEmpty
        case "active":
            active = member.value.boolValue
            return active != nil
        case "price_min": priceMin = number
        case "price_max": priceMax = number
        case "updated_since": updatedSince = number.map(Timestamp.init(milliseconds:))
        case "id_max": idMax = number
        default: return false
        }
        return text != nil || number != nil
    }
}
