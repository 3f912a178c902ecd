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
        add("group_key", group.map(JSON.string))
        add("inventory_quantity_min", stockMin.map { .int($0) })
        add("inventory_quantity_max", stockMax.map { .int($0) })
        add("synced", synced.map(JSON.bool))
        if !has.isEmpty { add("has", .array(has.map(JSON.string))) }
        if !lacks.isEmpty { add("lacks", .array(lacks.map(JSON.string))) }
        add("category_id", category.map { .int($0.id ?? 0) })
        if category?.hasDescendants == true { add("descendants", true) }
        if !metafields.isEmpty { add("metafields", .array(metafields.map(\.json))) }
        if !ids.isEmpty { add("ids", .array(ids.map { .int($0) })) }
        add("id_max", idMax.map { .int($0) })
        return .object(members)
    }

    /// Nil when the JSON holds anything that is not of this form: a filter that is not understood would match more.
    init?(json: JSON) {
        guard let members = json.members else { return nil }
        self.init()
        for member in members where !take(member) { return nil }
        guard let id = json["category_id"]?.intValue else {
            if json["descendants"] != nil { return nil }
            return
        }
        category = ProductFilterCategory(id: id == 0 ? nil : id, hasDescendants: json["descendants"] == true)
    }

    /// Names of fields that may be empty; none where anything else is among them.
    private static func names(_ json: JSON) -> [String] {
        let items = json.arrayValue ?? []
        let names = items.compactMap(\.stringValue).filter(isOptional)
        return names.count == items.count ? names : []
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
        case "group_key": group = text
        case "inventory_quantity_min": stockMin = number
        case "inventory_quantity_max": stockMax = number
        case "synced":
            synced = member.value.boolValue
            return synced != nil
        case "has":
            has = Self.names(member.value)
            return !has.isEmpty
        case "lacks":
            lacks = Self.names(member.value)
            return !lacks.isEmpty
        case "metafields":
            let items = member.value.arrayValue ?? []
            metafields = items.compactMap { MetafieldFilter(json: $0) }
            return metafields.count == items.count && !items.isEmpty
        // Both together make one filter, see `init`.
        case "category_id": return number != nil
        case "descendants": return member.value.boolValue != nil
        case "ids":
            let items = member.value.arrayValue ?? []
            ids = items.compactMap(\.intValue)
            return ids.count == items.count && !ids.isEmpty
        case "id_max": idMax = number
        default: return false
        }
        return text != nil || number != nil
    }
}
