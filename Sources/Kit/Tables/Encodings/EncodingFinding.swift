/// What the encoding of a text was found to be.
struct EncodingFinding: Equatable {
    var encoding: TextEncoding
    /// The likely ones, the best first, when nothing but a guess speaks for it; empty when it is certain.
    var candidates: [TextEncoding] = []
}
