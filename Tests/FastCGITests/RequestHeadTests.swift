import Testing

@testable import FastCGI

@Suite struct RequestHeadTests {
    private func inspect(_ bytes: [UInt8]) -> RequestHead { bytes.withUnsafeBytes { RequestHead.inspect($0) } }

    @Test func aWholeHeadIsCompleteAndEveryPieceOfItIsNot() {
        let head = Peer.head("GET", "/a?b=c", [("LONG", String(repeating: "x", count: 300))])
        #expect(inspect(head) == .complete)
        #expect(inspect(head + Peer.record(5)) == .whole)
        #expect(inspect(head + Peer.record(5, [1])) == .complete)
        for length in 0..<head.count { #expect(inspect(Array(head[..<length])) == .incomplete, "\(length)") }
    }

    @Test func aHeadInManyRecordsIsComplete() {
        let parameters = Peer.pair("REQUEST_METHOD", "GET") + Peer.pair("REQUEST_URI", "/")
        let records = parameters.flatMap { Peer.record(4, [$0]) }
        #expect(inspect(Peer.begin() + records + Peer.record(4)) == .complete)
    }

    @Test func whatNginxNeverSendsIsInvalid() {
        let good = Peer.head("GET", "/")
        #expect(inspect([2] + good.dropFirst()) == .invalid)
        #expect(inspect(Peer.begin(role: 2) + Peer.record(4)) == .invalid)
        #expect(inspect(Peer.record(1, [0, 1, 0, 0, 0, 0, 0, 0], id: 0)) == .invalid)
        #expect(inspect(Peer.begin() + Peer.begin()) == .invalid)
        #expect(inspect(Peer.begin() + Peer.record(5, [1])) == .invalid)
        #expect(inspect(Peer.begin() + Peer.record(4, [1], id: 2)) == .invalid)
        #expect(inspect(Peer.record(9, Peer.pair("FCGI_MAX_CONNS", ""), id: 0)) == .invalid)
        #expect(inspect(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == .invalid)
    }

    @Test(
        arguments: [
            [5, 0, 65],  // a name beyond the end
            [1, 200, 65],  // a length that is cut off
            [0x80, 0, 0],  // half a long length
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65],  // lengths whose sum overflows an int
            [0, 1, 65],  // no name
        ] as [[UInt8]]
    ) func brokenPairsAreInvalid(_ pairs: [UInt8]) {
        #expect(inspect(Peer.begin() + Peer.record(4, pairs) + Peer.record(4)) == .invalid)
    }

    @Test func aHeadThatNeverEndsIsRefused() {
        var bytes = Peer.begin()
        while bytes.count < RequestHead.limit - 70_000 {
            bytes += Peer.record(4, [UInt8](repeating: 65, count: 60_000))
        }
        #expect(inspect(bytes) == .incomplete)
        bytes += Peer.record(4, [UInt8](repeating: 65, count: 65_535))
        bytes += Peer.record(4, [UInt8](repeating: 65, count: 65_535))
        #expect(inspect(Array(bytes.prefix(RequestHead.limit))) == .invalid)
    }

    @Test func outputIsFramedInRecordsWithoutPadding() {
        var out: [UInt8] = []
        Records.appendOutput([UInt8](repeating: 1, count: 65_530), requestID: 0x0102, to: &out)
        #expect(Array(out[..<8]) == [1, 6, 1, 2, 0xFF, 0xF8, 0, 0])
        #expect(Array(out[(8 + 65_528)..<(16 + 65_528)]) == [1, 6, 1, 2, 0, 2, 0, 0])
        out = []
        Records.appendOutput([UInt8](), requestID: 1, to: &out)
        #expect(out.isEmpty)
        Records.appendEnd(requestID: 1, to: &out)
        #expect(out == Peer.record(6) + Peer.record(3, [0, 0, 0, 0, 0, 0, 0, 0]))
    }
}
