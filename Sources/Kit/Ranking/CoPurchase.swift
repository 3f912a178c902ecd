public import Statistics

/// How often two items lie in one row together, as a shrunk cosine: n_ij / (√(n_i n_j) + shrinkage) (Sarwar, Karypis,
/// Konstan and Riedl 2001, Item-based collaborative filtering, WWW; shrinkage after Bell and Koren 2007, ICDM).
public struct CoPurchase: Sendable, Equatable {
    /// Items as rows, their partners as columns; symmetric, nothing on the diagonal.
    public let similarity: SparseMatrix

    /// - Parameters:
    ///   - rows: orders or users as rows of items; values are not looked at.
    ///   - least: pairs that met less often are left out.
    ///   - shrinkage: draws rare pairs towards 0.
    public init(_ rows: SparseMatrix, least: Int = 2, shrinkage: Double = 10, chunks: ParallelChunks = .serial) {
        let holders = rows.transposed()
        let counts = (0..<rows.columnCount).map { Double(holders.range($0).count) }
        let parts = chunks.map(rows.columnCount, size: 64) { range in
            var part = PartnerRows()
            var met = [Int32](repeating: 0, count: rows.columnCount)
            for item in range {
                met.withUnsafeMutableBufferPointer { met in
                    Self.count(item, holders, rows, met)
                    met[item] = 0
                    for partner in 0..<met.count where met[partner] != 0 {
                        if met[partner] >= least {
                            let scale = (counts[item] * counts[partner]).squareRoot() + shrinkage
                            part.columns.append(Int32(partner))
                            part.values.append(Double(met[partner]) / scale)
                        }
                        met[partner] = 0
                    }
                }
                part.ends.append(part.columns.count)
            }
            return part
        }
        var starts = [0]
        var columns: [Int32] = []
        var values: [Double] = []
        for part in parts {
            let base = columns.count
            starts.append(contentsOf: part.ends.map { $0 + base })
            columns.append(contentsOf: part.columns)
            values.append(contentsOf: part.values)
        }
        similarity = SparseMatrix(rowStarts: starts, columns: columns, values: values, columnCount: rows.columnCount)
    }

    private static func count(
        _ item: Int,
        _ holders: SparseMatrix,
        _ rows: SparseMatrix,
        _ met: UnsafeMutableBufferPointer<Int32>
    ) {
        rows.columns.withUnsafeBufferPointer { columns in
            for holder in holders.range(item) {
                for position in rows.range(Int(holders.columns[holder])) { met[Int(columns[position])] += 1 }
            }
        }
    }

    /// How well every item goes with the items of a row: Σ value × similarity, added into a dense row.
    public func addScores(of row: Int, in matrix: SparseMatrix, to sums: UnsafeMutableBufferPointer<Double>) {
        for position in matrix.range(row) {
            similarity.add(Int(matrix.columns[position]), times: matrix.values[position], to: sums)
        }
    }

    private struct PartnerRows: Sendable {
        var ends: [Int] = []
        var columns: [Int32] = []
        var values: [Double] = []
    }
}
