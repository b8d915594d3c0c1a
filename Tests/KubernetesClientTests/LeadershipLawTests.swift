import Testing

struct `The law of one leader` {
    /// Holds: 7.4 lease.
    @Test(arguments: 0..<100)
    func `holds under any order of crashes, delays and conflicts`(seed: Int) {
        var world = LeadershipLaw(seed: UInt64(seed), wildness: 0.19)
        let isLed = world.run()
        let (twoLed, terms) = (world.twoLed, world.terms)
        #expect(!twoLed)
        #expect(isLed)
        #expect(terms >= 1)
    }

    @Test func `is broken only by clocks that run wilder than it allows`() {
        let broken = (0..<100).filter { seed in
            var world = LeadershipLaw(seed: UInt64(seed), wildness: 0.6)
            _ = world.run()
            return world.twoLed
        }
        #expect(!broken.isEmpty)
    }
}
