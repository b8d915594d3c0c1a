import Documents
import Testing

@testable import Manifests

struct `Two pod templates` {
    static let written: JSON = [
        "metadata": ["labels": ["app": "shop"]],
        "spec": [
            "serviceAccount": "robot",
            "containers": [
                [
                    "name": "c", "image": "shop:1", "ports": [["containerPort": 80]],
                    "resources": ["limits": ["memory": "1024Mi"]],
                    "livenessProbe": ["httpGet": ["port": 80]],
                    "env": [
                        ["name": "N", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]
                    ],
                ]
            ],
            "volumes": [["name": "v", "configMap": ["name": "m"]], ["name": "w"]],
        ],
    ]

    /// The same after an API server stored it in a ReplicaSet.
    static let stored: JSON = [
        "metadata": [
            "creationTimestamp": .null,
            "labels": ["rollouts-pod-template-hash": "abc", "app": "shop"],
        ],
        "spec": [
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "serviceAccount": "robot", "serviceAccountName": "robot", "securityContext": [:],
            "schedulerName": "default-scheduler",
            "containers": [
                [
                    "name": "c", "image": "shop:1", "imagePullPolicy": "IfNotPresent",
                    "ports": [["containerPort": 80, "protocol": "TCP"]],
                    "resources": ["limits": ["memory": "1Gi"]],
                    "livenessProbe": [
                        "httpGet": ["path": "/", "port": 80, "scheme": "HTTP"], "timeoutSeconds": 1,
                        "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
                    ],
                    "env": [
                        [
                            "name": "N",
                            "valueFrom": [
                                "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.name"]
                            ],
                        ]
                    ],
                    "terminationMessagePath": "/dev/termination-log",
                    "terminationMessagePolicy": "File",
                ]
            ],
            "volumes": [
                ["name": "v", "configMap": ["name": "m", "defaultMode": 420]],
                ["name": "w", "emptyDir": [:]],
            ],
        ],
    ]

    /// Holds: 3.1 same meaning.
    /// Holds: 9.3 same template.
    @Test func `match when only a server's defaults and the hash label differ`() {
        #expect(TemplateMeaning(Self.written) == TemplateMeaning(Self.stored))
    }

    /// Holds: 3.1 same meaning.
    @Test func `differ when anything that runs differs`() {
        var image = Self.stored
        image["spec"]?["containers"] = [["name": "c", "image": "shop:2"]]
        var label = Self.written
        label["metadata"]?["labels"]?["app"] = "other"
        var newer = Self.written
        newer["spec"]?["fieldOfTomorrow"] = 1
        for other in [image, label, newer] {
            #expect(TemplateMeaning(Self.written) != TemplateMeaning(other))
        }
    }

    @Test(arguments: [
        ("shop", "Always"), ("shop:latest", "Always"), ("host:5000/shop", "Always"),
        ("host:5000/shop:1", "IfNotPresent"), ("shop@sha256:00", "IfNotPresent"),
    ])
    func `agree on when an image is pulled`(image: String, policy: JSON) {
        let bare: JSON = ["spec": ["containers": [["name": "c", "image": .string(image)]]]]
        let full: JSON = [
            "spec": [
                "containers": [["name": "c", "image": .string(image), "imagePullPolicy": policy]]
            ]
        ]
        #expect(TemplateMeaning(bare) == TemplateMeaning(full))
    }
}
