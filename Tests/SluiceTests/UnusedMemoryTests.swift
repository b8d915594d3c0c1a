import Testing

@testable import sluice

struct `Memory that nobody uses` {
    @Test(arguments: [
        (100, 85, false), (100, 79, true), (500, 400, false), (500, 390, true), (10, 90, false),
    ])
    func `is worth asking for from a part on`(held: Int, used: Int, expected: Bool) {
        #expect(UnusedMemory.isWorthWhile(held: held << 20, used: used << 20) == expected)
    }

    /// As a list of many objects leaves it, of which few stay: in pieces, with something in use
    /// above them.
    @Test func `goes back to the machine`() {
        let size = 1 << 10
        let blocks = (0..<(64 << 10)).map { _ in
            let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            block.initializeMemory(as: UInt8.self, repeating: 1, count: size)
            return block
        }
        let used = UnusedMemory.used
        for (index, block) in blocks.enumerated() where index % 64 != 0 { block.deallocate() }
        #expect(used - UnusedMemory.used > 48 << 20)
        #expect(UnusedMemory.giveBackNow() > 32 << 20)
        for (index, block) in blocks.enumerated() where index % 64 == 0 { block.deallocate() }
    }
}
