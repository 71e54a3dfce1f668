// Whether a policy allows one request: IAM's own evaluation, for requests whose context is told.

import PlumbModel

extension PolicyDocument {
    /// Whether it allows a request: some Allow applies, and no Deny does.
    func allows(_ request: PolicyRequest) -> Bool {
        let applying = statements.filter { $0.applies(to: request) }
        return applying.contains { $0.effect == .allow } && !applying.contains { $0.effect == .deny }
    }
}

extension PolicyStatement {
    func applies(to request: PolicyRequest) -> Bool {
        names(request.principal) && reaches(request.action) && speaksOf(resource: request.resource)
            && conditions.allSatisfy { $0.holds(in: request.context) }
    }

    /// Without any resource it speaks of that to which the policy is attached.
    func speaksOf(resource: String) -> Bool { resources.isEmpty && notResources.isEmpty || covers(resource) }

    /// Without any principal it speaks of whoever it is attached to.
    func names(_ principal: PolicyPrincipal?) -> Bool {
        if !notPrincipals.isEmpty { return !notPrincipals.contains { $0.includes(principal) } }
        return principals.isEmpty || principals.contains { $0.includes(principal) }
    }
}

extension PolicyPrincipal {
    /// `111122223333` and `arn:aws:iam::111122223333:root` are the same account.
    private var normalID: String {
        let id = PolicyStatement.normal(id)
        return id.count == 12 && id.allSatisfy(\.isNumber) ? "arn:aws:iam::\(id):root" : id
    }

    func includes(_ principal: PolicyPrincipal?) -> Bool {
        guard let principal, !isAnyone else { return isAnyone }
        return kind.lowercased() == principal.kind.lowercased() && (id == "*" || normalID == principal.normalID)
    }
}

extension PolicyCondition {
    /// Keys that every request carries.
    static let everPresent: Set<String> = [
        "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:viaawsservice",
        "aws:principalisawsservice",
    ]

    /// Whether this evaluation understands it: an operator of IAM's other than Binary…, values that can be read, and
    /// no variable, whose value only the request knows.
    var isDecidable: Bool {
        guard let operation = ConditionOperator(operatorName), !values.contains(where: { $0.contains("${") }) else {
            return false
        }
        switch operation.family {
        case .binary: return false
        case .null: return !operation.isForAll && !operation.isForAny
        case .bool: return values.allSatisfy { ["true", "false"].contains($0.lowercased()) }
        case .numeric: return values.allSatisfy { Double($0) != nil }
        case .date: return values.allSatisfy { Self.seconds($0) != nil }
        case .address: return values.allSatisfy { AddressRange($0) != nil }
        // An ARN's fields are compared one by one; a pattern that runs over them is none.
        case .arn: return values.allSatisfy { ARN.fields($0).count == 6 }
        case .string: return true
        }
    }

    /// The name under which a condition that is not understood stands in a context, as either true or false.
    var opaqueKey: String { "\(operatorName.lowercased()) \(key.lowercased()) \(values.sorted())" }

    /// Whether a request with this context meets it (IAM's user guide, "Condition operators" and "Multivalued keys").
    func holds(in context: [String: [String]]) -> Bool {
        guard isDecidable, let operation = ConditionOperator(operatorName) else {
            return context[opaqueKey] == ["true"]
        }
        let given = context[key.lowercased()]
        if operation.family == .null { return values.contains { ($0.lowercased() == "true") == (given == nil) } }
        guard let given, !given.isEmpty else {
            return operation.isIfExists || operation.isForAll || operation.isNegated && !operation.isForAny
        }
        func meets(_ value: String) -> Bool {
            operation.isNegated != values.contains { matches(value, $0, operation) }
        }
        if operation.isForAll { return given.allSatisfy(meets) }
        if operation.isForAny || !operation.isNegated { return given.contains(where: meets) }
        return given.allSatisfy(meets)
    }

    private func matches(_ value: String, _ wanted: String, _ operation: ConditionOperator) -> Bool {
        switch operation.family {
        case .bool: return value.lowercased() == wanted.lowercased()
        case .address:
            guard let range = AddressRange(wanted), let address = AddressRange(value) else { return false }
            return range.contains(address)
        case .numeric: return compares(Double(value), Double(wanted))
        case .date: return compares(Self.seconds(value), Self.seconds(wanted))
        case .arn:
            let (fields, patterns) = (ARN.fields(value), ARN.fields(wanted))
            return fields.count == patterns.count && zip(patterns, fields).allSatisfy(Glob.matches)
        case .string:
            if operation.isLike { return Glob.matches(wanted, value) }
            let ignoresCase = operatorName.lowercased().contains("ignorecase")
            return ignoresCase ? value.lowercased() == wanted.lowercased() : value == wanted
        case .null, .binary: return false
        }
    }

    /// Orders as the operator's name says; `…NotEquals` is the negation of the equality that is asked here.
    private func compares(_ value: Double?, _ wanted: Double?) -> Bool {
        guard let value, let wanted else { return false }
        let name = operatorName.lowercased()
        if name.contains("lessthanequals") { return value <= wanted }
        if name.contains("lessthan") { return value < wanted }
        if name.contains("greaterthanequals") { return value >= wanted }
        if name.contains("greaterthan") { return value > wanted }
        return value == wanted
    }

    /// Seconds since 1970-01-01 UTC of a date such as `2026-11-24T00:00:00Z`, or of a number of seconds.
    static func seconds(_ text: String) -> Double? {
        if let number = Double(text) { return number }
        let digits = text.split(whereSeparator: { "-T:Z ".contains($0) }).map { Double($0) }
        let numbers = digits.compactMap { $0 }
        guard numbers.count == digits.count, numbers.count >= 3, numbers.count <= 6, !text.hasPrefix("-"),
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2])
        else { return nil }
        // Days since 1970 by the civil calendar, with March as the first month, so that a leap day comes last.
        let (month, day) = (numbers[1], numbers[2])
        let year = numbers[0] - (month <= 2 ? 1 : 0)
        let era = (year / 400).rounded(.down)
        let yearOfEra = year - era * 400
        let dayOfYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5).rounded(.down) + day - 1
        let century = (yearOfEra / 100).rounded(.down)
        let dayOfEra = yearOfEra * 365 + (yearOfEra / 4).rounded(.down) - century + dayOfYear
        let time = numbers.dropFirst(3) + [0, 0, 0]
        let clock = Array(time.prefix(3))
        return (era * 146_097 + dayOfEra - 719_468) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }
}
