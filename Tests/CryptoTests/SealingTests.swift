import Crypto
import Glibc
import Support
import Testing

@Suite struct SealingTests {
    private let folder: String

    init() throws {
        folder = "/tmp/bodega-sealing-\(getpid())-\(randomBytes(4).hex)"
    }

    private var path: String { "\(folder)/secrets/keyring" }

    @Test func aSecretOpensForWhatItWasSealedFor() throws {
        defer { _ = try? remove() }
        let ring = try KeyRing.open(path)
        for secret in ["", "hunter2", String(repeating: "ü", count: 5000)] {
            let sealed = try Sealing.seal(Array(secret.utf8), ring.active, context: "configuration:a")
            #expect(sealed.hasPrefix("v1.\(ring.active.id)."))
            #expect(secret.isEmpty || !sealed.contains(secret))
            #expect(try Sealing.open(sealed, ring, context: "configuration:a") == Array(secret.utf8))
            #expect(throws: CryptoError.self) { try Sealing.open(sealed, ring, context: "configuration:b") }
        }
        let one = try Sealing.seal([1], ring.active, context: "a")
        #expect(try Sealing.seal([1], ring.active, context: "a") != one, "no two look alike")
        for index in one.utf8.indices {
            var bytes = Array(one.utf8)
            let place = one.utf8.distance(from: one.utf8.startIndex, to: index)
            bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let changed = String(decoding: bytes, as: UTF8.self)
            #expect(throws: CryptoError.self, "\(place)") { try Sealing.open(changed, ring, context: "a") }
        }
        for nonsense in ["", "v1..", "v1.x.y", "plain", "v2.\(ring.active.id).AAAA"] {
            #expect(throws: CryptoError.self) { try Sealing.open(nonsense, ring, context: "a") }
        }
    }

    @Test func theFileIsForItsOwnerOnly() throws {
        defer { _ = try? remove() }
        let ring = try KeyRing.open(path)
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        #expect(stat("\(folder)/secrets", &info) == 0 && info.st_mode & 0o777 == 0o700)
        #expect(try KeyRing.open(path) == ring, "made once")
        chmod(path, 0o640)
        let error = #expect(throws: CryptoError.self) { try KeyRing.open(path) }
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test func keysComeAndGo() throws {
        defer { _ = try? remove() }
        let first = try KeyRing.open(path)
        let old = try Sealing.seal([7], first.active, context: "a")
        let second = try first.addingKey()
        #expect(try KeyRing.open(path) == second && second.keys.count == 2 && second.active != first.active)
        #expect(try Sealing.open(old, second, context: "a") == [7])
        #expect(try second.keeping([first.active.id]) == second)
        let third = try second.keeping([])
        #expect(try third.keys == [second.active] && KeyRing.open(path) == third)
        #expect(throws: CryptoError.self) { try Sealing.open(old, third, context: "a") }
    }

    private func remove() throws {
        unlink(path)
        rmdir("\(folder)/secrets")
        rmdir(folder)
    }
}
