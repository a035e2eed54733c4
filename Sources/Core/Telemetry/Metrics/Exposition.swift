extension MetricsRegistry {
    /// The media type of what `exposition()` returns.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"
}

/// Writes the text format 0.0.4 of Prometheus.
struct Exposition {
    private(set) var text = ""

    /// Appends a metric; one without series leaves nothing.
    mutating func append(_ shape: MetricShape, _ series: [(labelValues: [String], value: SeriesValue)]) {
        guard !series.isEmpty else { return }
        text += "# HELP \(shape.name) \(Exposition.escape(shape.help, quotes: false))\n"
        text += "# TYPE \(shape.name) \(shape.kind.rawValue)\n"
        for (labelValues, value) in series {
            let labels = zip(shape.labels, labelValues).map { "\($0)=\"\(Exposition.escape($1, quotes: true))\"" }
            switch value {
            case .number(let number): appendSample(shape.name, labels, Exposition.format(number))
            case .histogram(let histogram): append(histogram, of: shape, labels)
            }
        }
    }

    private mutating func append(_ histogram: Histogram.Snapshot, of shape: MetricShape, _ labels: [String]) {
        var below: UInt64 = 0
        for (bound, count) in zip(shape.bounds + [.infinity], histogram.buckets) {
            below += count
            appendSample("\(shape.name)_bucket", labels + ["le=\"\(Exposition.format(bound))\""], "\(below)")
        }
        appendSample("\(shape.name)_sum", labels, Exposition.format(histogram.sum))
        appendSample("\(shape.name)_count", labels, "\(below)")
    }

    private mutating func appendSample(_ name: String, _ labels: [String], _ value: String) {
        text += name
        if !labels.isEmpty { text += "{\(labels.joined(separator: ","))}" }
        text += " \(value)\n"
    }

    /// A backslash and a newline are escaped, in a label's value the quote as well; nothing else is.
    static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number as Prometheus reads it, whole ones without a fraction.
    static func format(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number.magnitude < 1e15, number == number.rounded() { return "\(Int(number))" }
        return "\(number)"
    }
}
