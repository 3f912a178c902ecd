/// What stands for a currency in written amounts. Only the shop's own is ever taken away: `$ 12` is no amount of a shop
/// that counts in euros.
enum CurrencySigns {
    /// The code, the signs and the words of a currency, the longest first; compared without the case of ASCII letters.
    static func all(of code: String) -> [[UInt8]] {
        ((signs[code] ?? "").split(separator: " ").map(String.init) + [code, "\(code)."]).map { Array($0.utf8) }
            .sorted { $0.count > $1.count }
    }

    /// Where lakh and crore are counted, `1,23,456.00` is usual.
    static let partingHundreds: Set<String> = ["INR", "NPR", "PKR", "BDT", "LKR", "BTN"]

    /// By ISO 4217; as CLDR has them, and the words that price lists use. Letters that are not ASCII in each case.
    private static let signs: [String: String] = [
        "EUR": "€ Euro Euros Eur. &euro; евро Евро ЕВРО ευρώ Ευρώ", "GBP": "£ pound pounds &pound;",
        "JPY": "¥ 円 圓 yen JP¥ &yen;", "CNY": "¥ 元 圆 CN¥ RMB 人民币 yuan", "TWD": "NT$ $ 元 圓",
        "HKD": "$ HK$ 元 圓", "KRW": "₩ 원 won", "INR": "₹ Rs Rs. Re.", "NPR": "Rs Rs. रू रु", "PKR": "Rs Rs. ₨",
        "LKR": "Rs Rs. රු", "BDT": "৳ Tk Tk.", "THB": "฿ บาท baht", "VND": "₫ đ Đ đồng", "IDR": "Rp Rp.",
        "MYR": "RM", "PHP": "₱ P", "SGD": "$ S$", "AUD": "$ A$ AU$", "NZD": "$ NZ$", "USD": "$ US$ dollar dollars",
        "CAD": "$ CA$ C$", "MXN": "$ MX$ MEX$ pesos", "ARS": "$ AR$ pesos", "CLP": "$ CL$ pesos",
        "COP": "$ COL$ pesos", "UYU": "$ $U", "PEN": "S/ S/.", "BRL": "R$ reais", "CHF": "Fr Fr. SFr SFr. Franken",
        "SEK": "kr kr. kronor", "NOK": "kr kr. kroner", "DKK": "kr kr. kroner", "ISK": "kr kr. krónur",
        "PLN": "zł ZŁ Zł zł. zl złotych", "CZK": "Kč KČ kč Kc korun", "HUF": "Ft Ft. forint", "RON": "lei leu",
        "MDL": "lei", "BGN": "лв. лв ЛВ. ЛВ Лв. Лв lv lv.", "RSD": "din din. дин дин.", "MKD": "ден ден. den",
        "BAM": "KM", "ALL": "L Lek lekë", "TRY": "₺ TL", "UAH": "₴ грн грн. ГРН Грн гривень hrn",
        "RUB": "₽ руб руб. РУБ РУБ. Руб Руб. р р. Р Р. рублей rub.", "BYN": "Br руб руб. р р.", "KZT": "₸ тг тг. тенге",
        "GEL": "₾ ლ", "AMD": "֏", "AZN": "₼ man", "ILS": "₪ NIS ש״ח", "ZAR": "R", "NGN": "₦ N", "KES": "KSh Ksh.",
        "GHS": "GH₵ ₵", "EGP": "E£ £ LE L.E. ج.م ج.م.", "MAD": "DH Dhs د.م.", "AED": "Dh Dhs د.إ", "SAR": "SR ر.س",
        "QAR": "QR ر.ق", "KWD": "KD K.D. د.ك", "BHD": "BD B.D. د.ب", "OMR": "RO R.O. ر.ع.", "JOD": "JD د.أ",
        "TND": "DT D.T. د.ت dinars", "DZD": "DA د.ج", "XOF": "CFA FCFA F", "XAF": "FCFA CFA F", "XPF": "F",
    ]
}
