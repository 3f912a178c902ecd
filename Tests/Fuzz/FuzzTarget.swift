import Glibc

/// A parser under test. An input that shows a bug ends the process, which is how libFuzzer learns of it.
///
/// A new target is a case here, a file beside this one with what it checks, and perhaps `dictionaries/TARGET` and
/// `corpus/TARGET`. Give it a planted bug: a line in `plant.sed`, a flag in `PlantedBugs`.
enum FuzzTarget: String, CaseIterable {
    case amounts, csv, json, multipart, xlsx, zip

    func check(_ input: UnsafeBufferPointer<UInt8>) {
        switch self {
        case .amounts: checkAmounts(input)
        case .csv: checkCSV(input)
        case .json: checkJSON(input)
        case .multipart: checkMultipart(input)
        case .xlsx: checkXLSX(input)
        case .zip: checkZip(input)
        }
    }
}

/// Which parser has its planted bug. `plant.sed` puts the flags into the copies of the sources that are compiled, so
/// that one program serves both for looking for bugs and for showing that they would be found.
struct PlantedBugs {
    var amounts = false
    var csv = false
    var json = false
    var multipart = false
    var xlsx = false
    var zip = false

    init() {}

    init(_ target: FuzzTarget) {
        switch target {
        case .amounts: amounts = true
        case .csv: csv = true
        case .json: json = true
        case .multipart: multipart = true
        case .xlsx: xlsx = true
        case .zip: zip = true
        }
    }
}

/// Written once, before the first input; the fuzzer calls from one thread.
nonisolated(unsafe) var plantedBugs = PlantedBugs()
private nonisolated(unsafe) var target = FuzzTarget.csv

/// libFuzzer's call before the first input: takes `--target=NAME` and `--planted` out of the arguments.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
    var isPlanted = false
    var named: FuzzTarget?
    for index in 1..<max(1, Int(count.pointee)) {
        guard let word = words.pointee?[index].map({ String(cString: $0) }) else { continue }
        if word == "--planted" { isPlanted = true }
        if word.hasPrefix("--target=") { named = FuzzTarget(rawValue: String(word.dropFirst(9))) }
    }
    guard let named else { fatalError("--target= wants one of \(FuzzTarget.allCases.map(\.rawValue))") }
    target = named
    if isPlanted { plantedBugs = PlantedBugs(named) }
    return 0
}

/// libFuzzer's call for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    if let data { target.check(UnsafeBufferPointer(start: data, count: size)) }
    return 0
}
