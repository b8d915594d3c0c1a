/// The names that the field gives to what is about notifications.
package enum NotificationKeys {
    package static let configMap = "argo-rollouts-notification-configmap"
    package static let secret = "argo-rollouts-notification-secret"
    /// What an annotation that subscribes begins with; behind it `TRIGGER.SERVICE`.
    package static let subscribe = "notifications.argoproj.io/subscribe."
    /// The newer form, which lists subscriptions.
    package static let subscriptions = "notifications.argoproj.io/subscriptions"
    /// On an event: to whom it is still to be told.
    package static let due = "sluice/notify"
    /// The reason of the events that say that a message could not be delivered. They notify nobody:
    /// each would make another one.
    package static let failed = "NotificationFailed"
}

/// The name of the trigger that an event fires: `on-rollout-completed` for `RolloutCompleted`.
package func trigger(forReason reason: String) -> String {
    var name = ""
    let characters = Array(reason)
    for (index, character) in characters.enumerated() {
        guard character.isLetter || character.isNumber else {
            if !name.isEmpty, !name.hasSuffix("-") { name += "-" }
            continue
        }
        let follows = index > 0 && !characters[index - 1].isUppercase
        let begins = index + 1 < characters.count && characters[index + 1].isLowercase
        if character.isUppercase, !name.isEmpty, !name.hasSuffix("-"), follows || begins {
            name += "-"
        }
        name += character.lowercased()
    }
    return "on-\(name)"
}
