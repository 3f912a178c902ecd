import Support

/// The countries of ISO 3166-1, by code and by their usual English names.
public enum CountryCodes {
    /// A code as it is stored, from a code in any case or a name; nil for what is none.
    static func code(_ text: String) -> String? { code(ofLetters: text) ?? codes[text.caseFolded] }

    /// A code in any case as it is stored; nil for what is none.
    static func code(ofLetters text: String) -> String? {
        let code = text.uppercased()
        return names[code] == nil ? nil : code
    }

    /// What people call a country; the code itself for one that is not in the table.
    public static func name(_ code: String) -> String { names[code] ?? code }

    private static func entries(_ text: String) -> [(code: String, name: String)] {
        text.split { $0 == ";" || $0.isNewline }.map { String($0).trimmed }.filter { !$0.isEmpty }
            .map { (String($0.prefix(2)), String($0.dropFirst(3))) }
    }

    private static let names = Dictionary(entries(table).map { ($0.code, $0.name) }) { first, _ in first }

    private static let codes = Dictionary(
        (entries(table) + entries(others)).map { ($0.name.caseFolded, $0.code) }
    ) { first, _ in first }

    /// Names under which files have some of them.
    private static let others = """
        GB United Kingdom; GB UK; GB Great Britain; GB England; GB Scotland; GB Wales; GB Northern Ireland;
        US USA; US United States of America; IE EIRE; CZ Czechia; TR Türkiye; KR South Korea; KP North Korea;
        RU Russian Federation; NL The Netherlands; NL Holland; AE UAE; SA Kingdom of Saudi Arabia; ZA RSA;
        VN Viet Nam; HK Hong Kong SAR; DE Deutschland; AT Österreich; CH Schweiz; CH Suisse; ES España; IT Italia;
        FR République française; BE Belgique; BE België; NO Norge; SE Sverige; DK Danmark; FI Suomi; PL Polska;
        BR Brasil;
        """

    /// The time zone database's table, which is in the public domain.
    private static let table = """
        AD Andorra; AE United Arab Emirates; AF Afghanistan; AG Antigua & Barbuda; AI Anguilla; AL Albania;
        AM Armenia; AO Angola; AQ Antarctica; AR Argentina; AS Samoa (American); AT Austria; AU Australia;
        AW Aruba; AX Åland Islands; AZ Azerbaijan; BA Bosnia & Herzegovina; BB Barbados; BD Bangladesh;
        BE Belgium; BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL St Barthelemy; BM Bermuda;
        BN Brunei; BO Bolivia; BQ Caribbean NL; BR Brazil; BS Bahamas; BT Bhutan; BV Bouvet Island; BW Botswana;
        BY Belarus; BZ Belize; CA Canada; CC Cocos (Keeling) Islands; CD Congo (Dem. Rep.);
        CF Central African Rep.; CG Congo (Rep.); CH Switzerland; CI Côte d'Ivoire; CK Cook Islands; CL Chile;
        CM Cameroon; CN China; CO Colombia; CR Costa Rica; CU Cuba; CV Cape Verde; CW Curaçao;
        CX Christmas Island; CY Cyprus; CZ Czech Republic; DE Germany; DJ Djibouti; DK Denmark; DM Dominica;
        DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia; EG Egypt; EH Western Sahara; ER Eritrea;
        ES Spain; ET Ethiopia; FI Finland; FJ Fiji; FK Falkland Islands; FM Micronesia; FO Faroe Islands;
        FR France; GA Gabon; GB Britain (UK); GD Grenada; GE Georgia; GF French Guiana; GG Guernsey; GH Ghana;
        GI Gibraltar; GL Greenland; GM Gambia; GN Guinea; GP Guadeloupe; GQ Equatorial Guinea; GR Greece;
        GS South Georgia & the South Sandwich Islands; GT Guatemala; GU Guam; GW Guinea-Bissau; GY Guyana;
        HK Hong Kong; HM Heard Island & McDonald Islands; HN Honduras; HR Croatia; HT Haiti; HU Hungary;
        ID Indonesia; IE Ireland; IL Israel; IM Isle of Man; IN India; IO British Indian Ocean Territory; IQ Iraq;
        IR Iran; IS Iceland; IT Italy; JE Jersey; JM Jamaica; JO Jordan; JP Japan; KE Kenya; KG Kyrgyzstan;
        KH Cambodia; KI Kiribati; KM Comoros; KN St Kitts & Nevis; KP Korea (North); KR Korea (South); KW Kuwait;
        KY Cayman Islands; KZ Kazakhstan; LA Laos; LB Lebanon; LC St Lucia; LI Liechtenstein; LK Sri Lanka;
        LR Liberia; LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY Libya; MA Morocco; MC Monaco;
        MD Moldova; ME Montenegro; MF St Martin (French); MG Madagascar; MH Marshall Islands; MK North Macedonia;
        ML Mali; MM Myanmar (Burma); MN Mongolia; MO Macau; MP Northern Mariana Islands; MQ Martinique;
        MR Mauritania; MS Montserrat; MT Malta; MU Mauritius; MV Maldives; MW Malawi; MX Mexico; MY Malaysia;
        MZ Mozambique; NA Namibia; NC New Caledonia; NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua;
        NL Netherlands; NO Norway; NP Nepal; NR Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru;
        PF French Polynesia; PG Papua New Guinea; PH Philippines; PK Pakistan; PL Poland; PM St Pierre & Miquelon;
        PN Pitcairn; PR Puerto Rico; PS Palestine; PT Portugal; PW Palau; PY Paraguay; QA Qatar; RE Réunion;
        RO Romania; RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia; SB Solomon Islands; SC Seychelles; SD Sudan;
        SE Sweden; SG Singapore; SH St Helena; SI Slovenia; SJ Svalbard & Jan Mayen; SK Slovakia; SL Sierra Leone;
        SM San Marino; SN Senegal; SO Somalia; SR Suriname; SS South Sudan; ST Sao Tome & Principe;
        SV El Salvador; SX St Maarten (Dutch); SY Syria; SZ Eswatini (Swaziland); TC Turks & Caicos Is; TD Chad;
        TF French S. Terr.; TG Togo; TH Thailand; TJ Tajikistan; TK Tokelau; TL East Timor; TM Turkmenistan;
        TN Tunisia; TO Tonga; TR Turkey; TT Trinidad & Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine;
        UG Uganda; UM US minor outlying islands; US United States; UY Uruguay; UZ Uzbekistan; VA Vatican City;
        VC St Vincent; VE Venezuela; VG Virgin Islands (UK); VI Virgin Islands (US); VN Vietnam; VU Vanuatu;
        WF Wallis & Futuna; WS Samoa (western); YE Yemen; YT Mayotte; ZA South Africa; ZM Zambia; ZW Zimbabwe;
        """
}
