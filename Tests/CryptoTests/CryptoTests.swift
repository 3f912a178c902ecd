import Crypto
import Glibc
import Support
import Testing

@Suite struct PasswordHashTests {
    @Test func verifiesThePasswordAndNoOther() throws {
        let hash = try PasswordHash.make("correct horse battery")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try hash.verify("correct horse battery"))
        #expect(try !hash.verify("correct horse batterz"))
        #expect(try !hash.verify(""))
        #expect(try PasswordHash.make("correct horse battery") != hash, "the salt is fresh")
        #expect(!hash.needsRehash)
    }

    @Test func aForeignTextVerifiesNothing() throws {
        for text in ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"] {
            #expect(try !PasswordHash(stored: text).verify("x"))
            #expect(PasswordHash(stored: text).needsRehash)
        }
    }

    @Test func anOlderCostAsksForANewHash() {
        let cheaper = PasswordHash.ofNobody.text.replacing("m=19456", with: "m=9728")
        #expect(PasswordHash(stored: cheaper).needsRehash)
    }

    @Test func nobodysHashIsReadAtTodaysCost() throws {
        #expect(!PasswordHash.ofNobody.needsRehash)
        #expect(try !PasswordHash.ofNobody.verify(""))
    }

    @Test func aPasswordMayHoldANulAndUnicode() throws {
        let hash = try PasswordHash.make("Grüße\u{0}nach Wien")
        #expect(try hash.verify("Grüße\u{0}nach Wien"))
        #expect(try !hash.verify("Grüße"))
    }
}

@Suite struct SHA256Tests {
    // FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knownHashes(text: String, hex: String) {
        #expect(SHA256.hash(text).hex == hex)
    }

    @Test func piecesGiveTheHashOfTheWhole() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        var hash = SHA256()
        hash.update(Array(bytes[..<1]))
        hash.update([])
        hash.update(Array(bytes[1..<700]))
        let fork = hash
        hash.update(Array(bytes[700...]))
        #expect(hash.finish() == SHA256.hash(bytes))
        #expect(fork.finish() == SHA256.hash(Array(bytes[..<700])), "a copy goes its own way")
    }

    @Test func aFileIsReadInPieces() throws {
        let path = "/tmp/bodega-sha256-\(getpid())"
        defer { unlink(path) }
        let bytes = [UInt8](repeating: 7, count: 600_000)
        try Files.replace(path, with: bytes)
        #expect(try SHA256.hash(file: path) == SHA256.hash(bytes))
        #expect(throws: SystemError.self) { try SHA256.hash(file: "\(path)-missing") }
    }
}

@Suite struct KeyedHashTests {
    @Test func hmacOfRFC4231() {
        let short = HMAC.sha256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(short.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = HMAC.sha256(
            key: [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        )
        #expect(long.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func comparison() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    // vectors.h of the reference implementation, 128 bits, message 00 01 … 0e.
    @Test func sipHashOfTheReference() {
        let hash = SipHash128(key: Array(0..<16))
        let message = [UInt8](0..<15)
        let (low, high) = message.withUnsafeBytes { hash.hash($0) }
        #expect(low == 0x11A8_B033_99E9_9354)
        #expect(high == 0xD9C3_CF97_0FEC_087E)
        let (other, _) = message.withUnsafeBytes { SipHash128(key: [1]).hash($0) }
        #expect(other != low)
    }

    @Test func tokensAreRandomAndSafeInAHeader() {
        let tokens = Set((0..<100).map { _ in Environment.live.makeToken() })
        #expect(tokens.count == 100)
        #expect(tokens.allSatisfy { $0.utf8.count == 43 && $0.percentEncoded == $0 })
    }
}
