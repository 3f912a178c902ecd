import Support
import TestSupport
import Testing

@testable import Tables

/// What is found where nobody says the encoding: it is right, or it is a guess that is asked for.
@Suite struct EncodingGuessTests {
    private func found(_ text: String, _ encoding: TextEncoding) throws -> EncodingFinding {
        let bytes = try #require(TestEncoder(encoding)?.bytes(text), "\(encoding) has not all of \(text)")
        return EncodingSniffer.sniff(bytes, isWhole: true)
    }

    /// As files in the West are: what was taken without a question before still is.
    @Test func westernTextIsNotAskedFor() throws {
        let texts = [
            "sku;name\nA;Größe\n", "sku,name\nA,Müsli-Schüssel für 12,50 €\n",
            "sku,name\nA,Crème brûlée, café – déjà vu\n",
            "sku,name\nA,Pantalón de niño “azul”\nB,Camión pequeño\n",
            "sku,name\nA,Blåbærsyltetøy\nB,Rød grød med fløde\n",
            "sku,name\nA,Kaffekopp i rött\nB,Ängsblomma – stor skål\n", "sku,name\nA,Cabeça de pão\nB,Coração e maçã\n",
            "sku,name\nA,12 €\nB,Mug™ 60°\n", "sku,name\nA,Kylmä pöytälevy\n",
            "sku,name\nA,Città è qualità più caffè\n", "sku,name\nA,Þvottaefni fyrir föt\nB,Bláber og rjómi\n",
            "sku,name\nA,Citroën-Emblem\nB,Møller Öl\nC,L’Oréal – Gewürz\nD,½ l Süßmost, 5 m²\nE,Škoda-Türgriff\n",
            "sku,name\nA,LEGO® “Mug™” 10–20 µm, 60°, ¿qué?\n", "sku,name\nA,L´Oréal Rock´n´Roll… 50 ¢\n",
        ]
        for text in texts {
            #expect(try found(text, .windows1252) == EncodingFinding(encoding: .windows1252), "\(text)")
        }
    }

    /// Letters that are signs within words there, or letters that no one language has.
    @Test func whatIsNoWesternTextIsAskedFor() throws {
        let texts: [(String, TextEncoding)] = [
            ("sku,name\nA,półka\n", .windows1250), ("sku,name\nA,łyżka\n", .iso8859n2),
            ("sku,name\nA,hűtő\n", .windows1250), ("sku,name\nA,bőr erdő\n", .iso8859n2),
            ("sku,name\nA,ışık düğme\n", .windows1254), ("sku,name\nA,lėkštė\n", .windows1257),
            ("sku,name\nA,Größe\n", .macintosh), ("sku,name\nA,cœur\nB,12 €\n", .iso8859n15),
            ("sku,name\nA,стол\n", .koi8R), ("sku,name\nA,κουτάλι\n", .windows1253),
        ]
        for (text, encoding) in texts {
            let finding = try found(text, encoding)
            #expect(finding.candidates.contains(.windows1252), "\(text): \(finding)")
        }
    }

    @Test func likelyOnesAreNamedWithTheRightOneFirst() throws {
        let polish = "sku;name;price\nPL-1;Żółta łódź;1,00\nPL-2;Śruba ćwierć źródło;2,00\n"
        let russian = "sku;name;price\nRU-1;Молоток слесарный;1,00\nRU-2;Отвёртка;2,00\n"
        let chinese = "sku,name,price\nCN-1,不锈钢螺丝,12.50\nCN-2,木工锤,8.00\n"
        let japanese = "sku,name,price\nJP-1,処理区分 テスト商品,1200\nJP-2,木工用オイル,800\n"
        for (text, encoding) in [
            (polish, TextEncoding.windows1250), (russian, .windows1251), (chinese, .gbk), (japanese, .shiftJIS),
        ] {
            let finding = try found(text, encoding)
            #expect(finding.encoding == encoding && finding.candidates.first == encoding, "\(finding)")
            #expect(finding.candidates.count > 1 && finding.candidates.contains(.windows1252), "\(finding)")
        }
        let escaped = Array("sku,name\nJP-1,\u{1B}$B%F%9%H\u{1B}(B\n".utf8)
        #expect(EncodingSniffer.sniff(escaped, isWhole: true) == EncodingFinding(encoding: .iso2022JP))
    }

    /// Files of one to 60 rows in a language and an encoding that has it, half of the names with an English word.
    @Test func randomProductFiles() throws {
        var random = SeededRandom(state: 14)
        var asked = 0
        let files = isLongRun ? 2000 : 100
        for number in 0..<files {
            let vocabulary = Vocabulary.all[Int.random(in: 0..<Vocabulary.all.count, using: &random)]
            let encoding = vocabulary.encodings[Int.random(in: 0..<vocabulary.encodings.count, using: &random)]
            let text = vocabulary.file(&random)
            guard let encoder = TestEncoder(encoding), let bytes = encoder.bytes(text) else {
                Issue.record("\(encoding) has not all of \(vocabulary.language)")
                continue
            }
            let finding = EncodingSniffer.sniff(bytes, isWhole: true)
            guard finding.candidates.isEmpty else {
                #expect(encoding != .windows1252, "file \(number) is asked for: \(text)")
                asked += 1
                continue
            }
            let read = try TranscodedBytes(MemoryBytes(bytes), from: finding.encoding).prefix(bytes.count * 4 + 8)
            #expect(String(decoding: read, as: UTF8.self) == text, "file \(number): \(encoding) as \(finding.encoding)")
        }
        #expect(asked < files * 3 / 4)
    }
}

/// Words of products in one language.
private struct Vocabulary {
    let language: String
    let encodings: [TextEncoding]
    let words: [String]

    init(_ language: String, _ encodings: [TextEncoding], _ words: String) {
        self.language = language
        self.encodings = encodings
        self.words = words.split(separator: " ").map(String.init)
    }

    private static let english = ["steel", "mug", "blue", "set", "large", "bottle", "lamp", "shelf", "garden", "pack"]

    /// At least one name that is not ASCII.
    func file(_ random: inout SeededRandom) -> String {
        var text = "sku;name;price\n"
        for row in 0..<[1, 2, 4, 10, 60][Int.random(in: 0..<5, using: &random)] {
            var name = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }
            if Bool.random(using: &random) { name.insert(Self.english[row % Self.english.count], at: 0) }
            text += "A-\(row);\(name.joined(separator: " "));\(Int.random(in: 1...99, using: &random)),50\n"
        }
        // One letter alone may by chance be one of UTF-8 as well, and UTF-8 is never asked for.
        return text + "Z;\(words.prefix(3).joined(separator: " "));1\n"
    }

    private static let west: [TextEncoding] = [.windows1252, .windows1252, .iso8859n15, .macintosh, .utf8]
    private static let center: [TextEncoding] = [.windows1250, .iso8859n2, .utf8]
    private static let baltic: [TextEncoding] = [.windows1257, .iso8859n13]
    private static let cyrillic: [TextEncoding] = [.windows1251, .koi8R, .ibm866, .iso8859n5, .macCyrillic]

    static let all: [Vocabulary] = [
        Vocabulary(
            "de",
            west,
            "Größe Müsli Schüssel Küchenmesser Tür Wäschekorb Öl Straße Kännchen Löffel Tasse Lampe"
        ),
        Vocabulary("fr", west, "crème théière bougie été français à carrée chêne bleuté garçon lumière fenêtre vélo"),
        Vocabulary("es", west, "niño pantalón camisón pequeño jardín lámpara baño azul taza cuña cartón plástico"),
        Vocabulary("pt", west, "coração pão maçã lâmpada água caneca tábua algodão macarrão limões açúcar"),
        Vocabulary("it", west, "caffè qualità città più tazza lampada comò tè novità giù cuscino"),
        Vocabulary("sv", west, "skål blå röd kött ängsblomma stövlar kaffekopp trädgård hängare låda"),
        Vocabulary("da", west, "blåbær rød grød fløde kaffekande æble køkken gryde lænestol"),
        Vocabulary("pl", center, "żółta łódź śruba źródło ćwierć szkło krzesło kubek półka nóż świeca pościel"),
        Vocabulary("cs", center, "čajník žlutý hrníček kůže světlo nůž měď šálek dřevo lžíce příbor"),
        Vocabulary("hu", center, "hűtő kék tükör ágynemű őszi bőr fűző zöld csésze könyv sütő"),
        Vocabulary("hr", center, "šalica žlica čaša kožna ćup svjetiljka nož đak vješalica"),
        Vocabulary("ro", [.iso8859n16, .utf8], "cană șurub țesătură lampă masă cuțit roșu față"),
        Vocabulary("tr", [.windows1254], "çaydanlık gümüş bıçak şeker ışık kağıt tabağı yeşil küçük"),
        Vocabulary("lt", baltic, "puodelis žalias lėkštė šviestuvas ąžuolas stiklinė kėdė įrankis"),
        Vocabulary("lv", baltic, "krūze zaļa šķīvis lampa ķirši galdiņš nazis glāze"),
        Vocabulary("et", baltic, "tass roheline õli köögi nõud šokolaad väike küünal"),
        Vocabulary("eo", [.iso8859n3], "ĉapelo ŝranko taso ĝardeno luĝo ĵurnalo"),
        Vocabulary("cy", [.iso8859n14], "cwpan tŷ dŵr gŵydd llŷn sebon"),
        Vocabulary("ru", cyrillic, "кружка синяя молоток отвёртка чашка ложка лампа полотенце большой"),
        Vocabulary("uk", [.windows1251, .koi8U], "чашка їжак синій ґудзик ложка рушник великий лампа"),
        Vocabulary("el", [.windows1253, .iso8859n7], "φλιτζάνι μπλε κουτάλι λάμπα πετσέτα μεγάλο σαπούνι"),
        Vocabulary("he", [.windows1255, .iso8859n8, .iso8859n8i], "ספל כחול כפית מנורה מגבת גדול סבון"),
        Vocabulary("ar", [.windows1256, .iso8859n6], "فنجان قهوة أزرق ملعقة مصباح منشفة كبير صابون"),
        Vocabulary("th", [.windows874], "แก้ว เซรามิก ช้อน โคมไฟ ผ้าเช็ดตัว ใหญ่ สบู่"),
        Vocabulary("ja", [.shiftJIS, .eucJP], "コップ 青い 木工用オイル テスト商品 急須 ランプ 大きいタオル"),
        Vocabulary("zh", [.gbk, .gb18030], "不锈钢 保温杯 蓝色 木工锤 毛巾 台灯 大号 肥皂"),
        Vocabulary("zh-Hant", [.big5], "不鏽鋼 保溫杯 藍色 木工錘 毛巾 檯燈 大號 肥皂"),
        Vocabulary("ko", [.eucKR], "머그잔 파란색 숟가락 램프 수건 큰 비누 도자기"),
    ]
}
