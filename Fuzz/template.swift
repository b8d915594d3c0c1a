import Documents
import Notifications

private let data: JSON = [
    "rollout": [
        "metadata": ["name": "shop", "labels": ["team": "web"]],
        "spec": ["replicas": 4, "steps": [10, 30], "ratio": .number("0.5")],
        "status": ["phase": "Healthy", "abort": false],
    ],
    "recipient": "releases",
]

/// Any template ends, with a text or with a fault that says something.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do throws(TemplateFault) {
        let result = try GoTemplate(parsing: text).render(data, now: Timestamp(milliseconds: 0))
        precondition(result.utf8.count <= 1 << 20)
    } catch {
        precondition(!error.message.isEmpty)
    }
    return 0
}
