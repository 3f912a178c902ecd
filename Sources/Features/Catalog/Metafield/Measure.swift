import Support

/// What a measurement measures, with the units in which it is said. A unit's value in the first unit of its table is
/// (value + offset) × factor, exactly.
struct Measure: Sendable, Equatable {
    struct Unit: Sendable, Equatable {
        /// As files, the API and forms write it.
        let name: String
        /// Other ways to write it; Shopify's among them.
        let synonyms: [String]
        let factor: Ratio
        let offset: Ratio

        init(_ name: String, _ synonyms: String..., by numerator: Int64, over denominator: Int64 = 1) {
            self.name = name
            self.synonyms = synonyms
            factor = Ratio(Int128(numerator), Int128(denominator))
            offset = Ratio(0)
        }

        init(_ name: String, _ synonym: String, offset: Ratio, factor: Ratio) {
            self.name = name
            synonyms = [synonym]
            self.factor = factor
            self.offset = offset
        }
    }

    /// The name of the type, as Shopify has it.
    let name: String
    let label: String
    let units: [Unit]

    /// - Parameter text: a unit's name or another way to write it, in any case.
    func unit(_ text: String) -> Unit? {
        let wanted = text.lowercased()
        // Milli and mega differ by their case only, so a name as it stands goes first.
        return units.first { $0.name.hasSameBytes(as: text) }
            ?? units.first { $0.name.lowercased() == wanted || $0.synonyms.contains { $0.lowercased() == wanted } }
    }

    static func named(_ name: String) -> Measure? { all.first { $0.name == name } }

    /// The value in the first unit of the table; nil where it has no room.
    static func base(_ value: ExactNumber, _ unit: Unit) -> Ratio? {
        value.ratio.plus(unit.offset)?.times(unit.factor)
    }

    /// The same quantity in another unit of the same table, exactly; nil where it has no room.
    static func convert(_ value: ExactNumber, from: Unit, to: Unit) -> Ratio? {
        let back = Ratio(-to.offset.numerator, to.offset.denominator)
        return base(value, from)?.times(to.factor.inverse)?.plus(back)
    }

    static let all: [Measure] =
        [
            Measure(
                name: "weight",
                label: "Weight",
                units: [
                    Unit("g", "grams", by: 1), Unit("kg", "kilograms", by: 1000),
                    Unit("mg", "milligrams", by: 1, over: 1000),
                    Unit("t", "metric_tons", by: 1_000_000),
                    Unit("oz", "ounces", by: 28_349_523_125, over: 1_000_000_000),
                    Unit("lb", "pounds", by: 45_359_237, over: 100_000),
                ]
            ),
            Measure(
                name: "volume",
                label: "Volume",
                units: [
                    Unit("ml", "milliliters", by: 1), Unit("cl", "centiliters", by: 10), Unit("l", "liters", by: 1000),
                    Unit("m3", "cubic_meters", by: 1_000_000),
                    Unit("us_fl_oz", "fluid_ounces", by: 295_735_295_625, over: 10_000_000_000),
                    Unit("us_pt", "pints", by: 473_176_473, over: 1_000_000),
                    Unit("us_qt", "quarts", by: 946_352_946, over: 1_000_000),
                    Unit("us_gal", "gallons", by: 3_785_411_784, over: 1_000_000),
                    Unit("imp_fl_oz", "imperial_fluid_ounces", by: 284_130_625, over: 10_000_000),
                    Unit("imp_pt", "imperial_pints", by: 56_826_125, over: 100_000),
                    Unit("imp_qt", "imperial_quarts", by: 11_365_225, over: 10_000),
                    Unit("imp_gal", "imperial_gallons", by: 454_609, over: 100),
                ]
            ),
            Measure(name: "dimension", label: "Length", units: lengths),
            Measure(name: "distance", label: "Distance", units: lengths),
            Measure(
                name: "area",
                label: "Area",
                units: [
                    Unit("m2", "square_meters", by: 1), Unit("cm2", "square_centimeters", by: 1, over: 10_000),
                    Unit("mm2", "square_millimeters", by: 1, over: 1_000_000), Unit("ha", "hectares", by: 10_000),
                    Unit("km2", "square_kilometers", by: 1_000_000),
                    Unit("in2", "square_inches", by: 64_516, over: 100_000_000),
                    Unit("ft2", "square_feet", by: 9_290_304, over: 100_000_000),
                    Unit("yd2", "square_yards", by: 83_612_736, over: 100_000_000),
                    Unit("acre", "acres", by: 40_468_564_224, over: 10_000_000),
                    Unit("mi2", "square_miles", by: 2_589_988_110_336, over: 1_000_000),
                ]
            ),
            Measure(
                name: "temperature",
                label: "Temperature",
                units: [
                    Unit("K", "kelvin", by: 1), Unit("°C", "celsius", offset: Ratio(27_315, 100), factor: Ratio(1)),
                    Unit("°F", "fahrenheit", offset: Ratio(45_967, 100), factor: Ratio(5, 9)),
                ]
            ),
        ] + electric + others

    private static let lengths = [
        Unit("m", "meters", by: 1), Unit("mm", "millimeters", by: 1, over: 1000),
        Unit("cm", "centimeters", by: 1, over: 100), Unit("km", "kilometers", by: 1000),
        Unit("in", "inches", by: 254, over: 10_000), Unit("ft", "feet", by: 3048, over: 10_000),
        Unit("yd", "yards", by: 9144, over: 10_000), Unit("mi", "miles", by: 1_609_344, over: 1000),
    ]

    private static let electric: [Measure] = [
        Measure(
            name: "voltage",
            label: "Voltage",
            units: [
                Unit("V", "volts", by: 1), Unit("mV", "millivolts", by: 1, over: 1000),
                Unit("kV", "kilovolts", by: 1000),
            ]
        ),
        Measure(
            name: "electric_current",
            label: "Current",
            units: [
                Unit("A", "amperes", by: 1), Unit("mA", "milliamperes", by: 1, over: 1000),
                Unit("µA", "microamperes", by: 1, over: 1_000_000), Unit("kA", "kiloamperes", by: 1000),
            ]
        ),
        Measure(
            name: "electrical_resistance",
            label: "Resistance",
            units: [
                Unit("Ω", "ohms", by: 1), Unit("mΩ", "milliohms", by: 1, over: 1000), Unit("kΩ", "kiloohms", by: 1000),
                Unit("MΩ", "megaohms", by: 1_000_000),
            ]
        ),
        Measure(
            name: "power",
            label: "Power",
            units: [
                Unit("W", "watts", by: 1), Unit("mW", "milliwatts", by: 1, over: 1000),
                Unit("kW", "kilowatts", by: 1000),
                Unit("MW", "megawatts", by: 1_000_000),
                Unit("hp", "horsepower", by: 74_569_987_158_227_022, over: 100_000_000_000_000),
            ]
        ),
        Measure(
            name: "energy",
            label: "Energy",
            units: [
                Unit("J", "joules", by: 1), Unit("kJ", "kilojoules", by: 1000), Unit("MJ", "megajoules", by: 1_000_000),
                Unit("cal", "calories", by: 4184, over: 1000), Unit("kcal", "kilocalories", by: 4184),
                Unit("Wh", "watt_hours", by: 3600), Unit("kWh", "kilowatt_hours", by: 3_600_000),
                Unit("BTU", "british_thermal_units", by: 105_505_585_262, over: 100_000_000),
            ]
        ),
        Measure(
            name: "battery_charge_capacity",
            label: "Battery charge",
            units: [Unit("mAh", "milliamp_hours", by: 1), Unit("Ah", "amp_hours", by: 1000)]
        ),
        Measure(
            name: "battery_energy_capacity",
            label: "Battery energy",
            units: [Unit("Wh", "watt_hours", by: 1), Unit("kWh", "kilowatt_hours", by: 1000)]
        ),
        Measure(
            name: "capacitance",
            label: "Capacitance",
            units: [
                Unit("pF", "picofarads", by: 1), Unit("nF", "nanofarads", by: 1000),
                Unit("µF", "microfarads", by: 1_000_000),
                Unit("mF", "millifarads", by: 1_000_000_000), Unit("F", "farads", by: 1_000_000_000_000),
            ]
        ),
        Measure(
            name: "inductance",
            label: "Inductance",
            units: [
                Unit("H", "henries", by: 1), Unit("mH", "millihenries", by: 1, over: 1000),
                Unit("µH", "microhenries", by: 1, over: 1_000_000),
            ]
        ),
        Measure(
            name: "frequency",
            label: "Frequency",
            units: [
                Unit("Hz", "hertz", by: 1), Unit("kHz", "kilohertz", by: 1000), Unit("MHz", "megahertz", by: 1_000_000),
                Unit("GHz", "gigahertz", by: 1_000_000_000),
            ]
        ),
    ]

    private static let others: [Measure] = [
        Measure(
            name: "duration",
            label: "Duration",
            units: [
                Unit("s", "seconds", by: 1), Unit("ms", "milliseconds", by: 1, over: 1000),
                Unit("min", "minutes", by: 60),
                Unit("h", "hours", by: 3600), Unit("d", "days", by: 86_400), Unit("wk", "weeks", by: 604_800),
            ]
        ),
        Measure(
            name: "speed",
            label: "Speed",
            units: [
                Unit("m/s", "meters_per_second", by: 1), Unit("km/h", "kilometers_per_hour", by: 10, over: 36),
                Unit("mph", "miles_per_hour", by: 44_704, over: 100_000),
                Unit("ft/s", "feet_per_second", by: 3048, over: 10_000),
                Unit("kn", "knots", by: 1852, over: 3600),
            ]
        ),
        Measure(
            name: "pressure",
            label: "Pressure",
            units: [
                Unit("Pa", "pascals", by: 1), Unit("hPa", "hectopascals", by: 100),
                Unit("kPa", "kilopascals", by: 1000),
                Unit("MPa", "megapascals", by: 1_000_000), Unit("mbar", "millibars", by: 100),
                Unit("bar", "bars", by: 100_000),
                Unit("atm", "atmospheres", by: 101_325),
                Unit("psi", "pounds_per_square_inch", by: 44_482_216_152_605, over: 6_451_600_000),
            ]
        ),
        Measure(
            name: "data_storage_capacity",
            label: "Storage",
            units: [
                Unit("B", "bytes", by: 1), Unit("kB", "kilobytes", by: 1000), Unit("MB", "megabytes", by: 1_000_000),
                Unit("GB", "gigabytes", by: 1_000_000_000), Unit("TB", "terabytes", by: 1_000_000_000_000),
                Unit("KiB", "kibibytes", by: 1 << 10), Unit("MiB", "mebibytes", by: 1 << 20),
                Unit("GiB", "gibibytes", by: 1 << 30),
                Unit("TiB", "tebibytes", by: 1 << 40),
            ]
        ),
        Measure(
            name: "data_transfer_rate",
            label: "Data rate",
            units: [
                Unit("bit/s", "bits_per_second", by: 1), Unit("kbit/s", "kilobits_per_second", by: 1000),
                Unit("Mbit/s", "megabits_per_second", by: 1_000_000),
                Unit("Gbit/s", "gigabits_per_second", by: 1_000_000_000),
                Unit("MB/s", "megabytes_per_second", by: 8_000_000),
            ]
        ),
        Measure(
            name: "rotational_speed",
            label: "Rotation",
            units: [Unit("rpm", "revolutions_per_minute", by: 1), Unit("rps", "revolutions_per_second", by: 60)]
        ),
        Measure(
            name: "display_density",
            label: "Display density",
            units: [Unit("ppi", "pixels_per_inch", by: 1), Unit("ppcm", "pixels_per_centimeter", by: 254, over: 100)]
        ),
        Measure(
            name: "resolution",
            label: "Resolution",
            units: [Unit("MP", "megapixels", by: 1), Unit("px", "pixels", by: 1, over: 1_000_000)]
        ),
        Measure(name: "illuminance", label: "Illuminance", units: [Unit("lx", "lux", by: 1)]),
        Measure(name: "luminous_flux", label: "Light", units: [Unit("lm", "lumens", by: 1)]),
        Measure(name: "sound_level", label: "Sound level", units: [Unit("dB", "decibels", by: 1)]),
        Measure(name: "antenna_gain", label: "Antenna gain", units: [Unit("dBi", "decibels_isotropic", by: 1)]),
        Measure(
            name: "concentration",
            label: "Concentration",
            units: [Unit("g/l", "grams_per_liter", by: 1), Unit("mg/l", "milligrams_per_liter", by: 1, over: 1000)]
        ),
        Measure(
            name: "mass_flow_rate",
            label: "Mass flow",
            units: [Unit("kg/h", "kilograms_per_hour", by: 1), Unit("g/s", "grams_per_second", by: 36, over: 10)]
        ),
        Measure(
            name: "volumetric_flow_rate",
            label: "Flow",
            units: [
                Unit("l/min", "liters_per_minute", by: 1), Unit("l/h", "liters_per_hour", by: 1, over: 60),
                Unit("m3/h", "cubic_meters_per_hour", by: 1000, over: 60),
            ]
        ),
        Measure(
            name: "thermal_power",
            label: "Heating power",
            units: [
                Unit("W", "watts", by: 1), Unit("kW", "kilowatts", by: 1000),
                Unit("BTU/h", "british_thermal_units_per_hour", by: 105_505_585_262, over: 360_000_000_000),
            ]
        ),
    ]
}
