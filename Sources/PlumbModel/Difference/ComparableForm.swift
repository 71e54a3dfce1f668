// A graph in the one form in which graphs are compared, where two sorts of input say the same in two ways.

extension Graph {
    /// What is said is the same; which of two ways it is said in is not.
    var inComparableForm: Graph {
        var graph = self
        // Terraform names what a policy scales by text, CloudFormation and specs by reference.
        graph.scalingPolicies.mutateEach { policy in
            guard policy.resourceID.isAbsent, let target = scalableTargets[policy.target] else { return }
            policy.resourceID = target.resourceID
            policy.target = .absent
        }
        // Of a role some of whose documents cannot be told, all that can be said is that they are not known.
        graph.roles.mutateEach { role in
            guard let why = role.undecidedPolicies.first else { return }
            role.policies = .unknown(why)
            role.undecidedPolicies = []
        }
        // What only an account shows of them is no part of what they were declared to be.
        graph.alarms.mutateEach { $0.state = .absent }
        graph.topics.mutateEach { topic in
            topic.subscriptions = topic.subscriptions.map { all in
                all.map { subscription in
                    var declared = subscription
                    declared.isConfirmed = .absent
                    return declared
                }
            }
        }
        // Defaults that Terraform writes out.
        graph.topics.mutateEach { $0.isFIFO = $0.isFIFO.defaulting(to: false) }
        graph.buckets.mutateEach { $0.isEmptiedOnRemoval = $0.isEmptiedOnRemoval.defaulting(to: false) }
        return graph
    }
}
