@testable import Telemetry
import Testing

@Suite struct MetricShapeTests {
    private func fault(
        _ kind: MetricShape.Kind = .gauge, _ name: String = "level", help: String = "A level.", labels: [String] = [],
        bounds: [Double] = [], limit: Int = 200
    ) -> MetricFault? {
        MetricShape(kind: kind, name: name, help: help, labels: labels, bounds: bounds, limit: limit).fault
    }

    @Test("A good declaration has no fault")
    func good() {
        #expect(fault() == nil)
        #expect(fault(.counter, "a9_Z_total", labels: ["_a", "b0"]) == nil)
        #expect(fault(.histogram, "seconds", bounds: [-1, 0, 0.5]) == nil)
    }

    @Test(
        "A name that Prometheus does not read is refused",
        arguments: ["", "9a", "a-b", "a b", "a:b", "é", "a.b", "a\n"])
    func names(name: String) {
        #expect(fault(.gauge, name) == .name(name))
        #expect(fault(labels: [name]) == .label(name, of: "level"))
    }

    @Test("Labels that Prometheus keeps for itself are refused", arguments: ["__name__", "__a", "le"])
    func reservedLabels(label: String) {
        #expect(fault(labels: ["ok", label]) == .label(label, of: "level"))
    }

    @Test("A declaration that cannot work is refused")
    func others() {
        #expect(fault(labels: ["a", "b", "a"]) == .labelTwice("a", of: "level"))
        #expect(fault(help: "") == .help("level"))
        #expect(fault(.counter, "steps") == .total("steps"))
        #expect(fault(.gauge, "steps_total") == .total("steps_total"))
        #expect(fault(limit: 0) == .limit(of: "level"))
        for bounds in [[], [1, 1], [2, 1], [.nan], [1, .infinity]] as [[Double]] {
            #expect(fault(.histogram, "seconds", bounds: bounds) == .bounds(of: "seconds"))
        }
    }

    @Test("A fault says what is wrong and what is right")
    func words() {
        #expect(
            MetricFault.values(count: 1, labels: ["method", "status"], of: "requests_total").description
                == "the metric requests_total has the labels (method, status), but 1 values were given")
        #expect(
            MetricFault.taken("seconds_count", by: "seconds").description
                == "the metric seconds_count differs from seconds, which is registered already")
    }

    @Test("A name that is taken in another shape stops the program")
    func taken() async {
        await #expect(processExitsWith: .failure) {
            let registry = MetricsRegistry()
            _ = registry.gauge("level", "A level.")
            _ = registry.gauge("level", "A level.", labels: ["part"])
        }
        await #expect(processExitsWith: .failure) {
            let registry = MetricsRegistry()
            _ = registry.histogram("seconds", "Seconds.")
            _ = registry.gauge("seconds_count", "How many seconds there are.")
        }
    }

    @Test("The wrong number of label values stops the program")
    func values() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricsRegistry().counter("requests_total", "Requests.", labels: ["method", "status"]).with("GET")
        }
    }
}
