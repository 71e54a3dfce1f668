// Which IAM actions take no resource, so that `Resource: "*"` is the only thing their statement can say.

/// Actions that cannot be limited to a resource, by AWS's service authorization reference.
///
/// An action of a service that the reference here does not hold counts as one that takes a resource: it must name what
/// it works on.
enum ActionsWithoutResource {
    /// Whether this action, `service:Name` in any case of letters, takes no resource. A pattern counts where every
    /// action that it reaches takes none.
    static func contains(_ action: String) -> Bool {
        if exceptions.contains(action.lowercased()) { return true }
        guard let found = ServiceReference.actions(matching: action)?.actions, !found.isEmpty else { return false }
        return found.allSatisfy(\.types.isEmpty)
    }

    /// All but 17 of EC2's 187 `Describe` actions take no resource, and those only read; network interfaces are made
    /// for SageMaker before anything about them is known; Cost Explorer reads the account's own figures unless a
    /// request names a billing view.
    private static let exceptions: Set<String> = [
        "application-autoscaling:describe*", "ce:getcostandusage", "ce:getcostforecast", "ce:getdimensionvalues",
        "ce:gettags", "ce:getusageforecast", "ec2:createnetworkinterface", "ec2:createnetworkinterfacepermission",
        "ec2:deletenetworkinterface", "ec2:deletenetworkinterfacepermission", "ec2:describe*",
    ]
}
