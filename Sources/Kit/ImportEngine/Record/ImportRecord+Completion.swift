import Records
import Support
import Tables

/// What fields say of each other, once all cells of a record are read.
extension ImportRecord {
    /// Gives measures the unit that their cells or their columns' names say, where no column says it. What has no unit,
    /// or two different ones, is left out and told.
    func completeMeasures(_ record: CSVRecord) {
        for measure in target.measures {
            if columns.positions[measure.unit] == nil { values[measure.unit] = .absent }
            for field in measure.fields {
                guard case .integer = values[field], let column = columns.positions[field] else { continue }
                let said = (readers[field].unit ?? columns.units[field]).flatMap { measure.takes($0) ? $0 : nil }
                switch (values[measure.unit], said) {
                case (.text(let unit), let said?) where !unit.elementsEqual(said.buffer):
                    leaveOut(field, column, record)
                case (.text, _): break
                case (_, let said?): values[measure.unit] = .text(said.buffer)
                case (_, nil): leaveOut(field, column, record)
                }
            }
        }
    }

    private func leaveOut(_ field: Int, _ column: Int, _ record: CSVRecord) {
        values[field] = .absent
        observe?(.noUnit, column, record)
    }

    /// What it costs on sale is the price, and the price what it cost before; without a sale it costs what it did.
    func takeSalePrice(_ record: CSVRecord, _ faults: inout [Fault]) {
        guard let column = columns.salePrice, let price = target.jumpField, let former = target.formerField else {
            return
        }
        if columns.positions[former] == nil { values[former] = .absent }
        do throws(ImportFault) {
            let sale = try readers[price].read(record.cell(column), isNumber: source.isNumber(column, of: record))
            guard case .integer = values[price] else {
                if case .integer = sale, columns.positions[price] != nil { values[price] = sale }
                return
            }
            guard columns.positions[former] == nil else { return }
            if case .integer = sale {
                (values[price], values[former]) = (sale, values[price])
            } else {
                values[former] = .none
            }
        } catch {
            faults.append(fault(error.code, column, record))
        }
    }

    /// Shopify names one option, Title, of a product that has none.
    func leaveOutBlankOptions() {
        for option in target.optionFields {
            guard case .text(let value) = values[option.value], let column = columns.positions[option.value],
                columns.options.contains(column), SKUMaker.isBlankOption(String(decoding: value, as: UTF8.self))
            else { continue }
            values[option.value] = .absent
            values[option.name] = .absent
        }
    }
}
