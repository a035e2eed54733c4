import Installation
import Testing

@Suite struct InstalledPlacesTests {
    @Test("An installation is found by the path of its program, below whatever root", arguments: ["", "/mnt/image"])
    func ofProgram(root: String) throws {
        let places = try #require(InstalledPlaces(ofProgram: "\(root)/usr/local/lib/parlor/parlor"))
        #expect(places == InstalledPlaces(below: root))
        #expect(places.configuration == "\(root)/etc/parlor/parlor.yaml")
        #expect(places.state == "\(root)/var/lib/parlor/state")
    }

    @Test(
        "A program that stands elsewhere is not installed",
        arguments: ["/srv/parlor/.build/release/parlor", "/usr/local/lib/parlor/parlor.old", "/usr/local/bin/parlor"])
    func elsewhere(path: String) { #expect(InstalledPlaces(ofProgram: path) == nil) }

    @Test("A slash at the end of a root changes nothing", arguments: ["/mnt/image/", "/mnt/image//", "/mnt/image"])
    func slash(root: String) { #expect(InstalledPlaces(below: root).root == "/mnt/image") }

    @Test("The root of this machine is the empty one")
    func machine() { #expect(InstalledPlaces(below: "/") == InstalledPlaces()) }
}
