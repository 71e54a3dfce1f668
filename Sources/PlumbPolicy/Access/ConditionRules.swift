// Whether conditions say what they seem to: operators, keys, types, values, and what an absent key does.

import PlumbModel

enum ConditionRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.statements.flatMap { about in
            about.statement.conditions.flatMap { condition in
                fault(of: condition, subject, about) + mfa(condition, subject, about)
            } + duplicates(subject, about)
        }
    }

    private static func fault(
        of condition: PolicyCondition, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        func found(_ code: AccessCode, _ message: String, as type: AccessFinding.Kind? = nil) -> AccessFinding {
            subject.finding(code, about, message, as: type)
        }
        let key = condition.key
        guard let operation = ConditionOperator(condition.operatorName) else {
            return [found(.invalidOperator, "'\(condition.operatorName)' is no condition operator")]
        }
        var findings: [AccessFinding] = []
        if operation.family == .null {
            if operation.isIfExists { findings.append(found(.nullWithIfExists, "Null with IfExists on \(key)")) }
            if operation.isForAll || operation.isForAny {
                findings.append(found(.nullWithQualifier, "\(condition.operatorName) on \(key)"))
            }
        }
        if condition.values.isEmpty { findings.append(found(.emptyCondition, "no value for \(key)")) }
        let (type, fault) = keyType(of: key)
        if let fault { findings.append(found(fault.code, fault.message)) }
        findings += valueFaults(of: condition, operation, type?.type).map { found($0, $1) }
        for value in condition.values {
            findings += Variable.faults(in: value, version: subject.document.version).map { found($0, "\(key): \($1)") }
        }
        guard let type else { return findings }
        if let wanted = mismatch(operation.family, type.type) {
            findings.append(
                found(.typeMismatch, "\(condition.operatorName) on \(key), whose type wants \(wanted)"))
        }
        return findings
            + qualifierFaults(of: condition, operation, type.isMultivalued, about).map { found($0, $1, as: $2) }
            + addressFaults(of: condition, operation).map { found($0, $1) }
    }

    // MARK: Keys

    private typealias Fault = (code: AccessCode, message: String)
    private typealias KeyType = (type: ServiceReference.KeyType, isMultivalued: Bool)

    /// The type of a key, as far as it is known, and what is wrong with its name.
    private static func keyType(of key: String) -> (KeyType?, Fault?) {
        // Keys of identity providers hold their address: `token.actions.githubusercontent.com:sub`.
        let prefix = key.prefix { $0 != ":" }.lowercased()
        guard prefix.count < key.count, prefix.count + 1 < key.count else {
            return (nil, (.invalidKeyFormat, "'\(key)' is no condition key, wanted service:name"))
        }
        if key.contains("${") { return (nil, nil) }
        if prefix == "aws" {
            if let type = GlobalKey.type(of: key) {
                let isBare = GlobalKey.tagPrefixes.contains(key.lowercased())
                return (type, isBare ? (.missingTagKey, "\(key) names no tag") : nil)
            }
            if GlobalKey.tagPrefixes.contains(key.lowercased() + "/") {
                return (nil, (.missingTagKey, "\(key) names no tag"))
            }
            if key.lowercased() == "aws:arn" { return (nil, (.unsupportedGlobalKey, "aws:ARN is not supported")) }
            return (nil, (.invalidGlobalKey, "there is no global key \(key)"))
        }
        if prefix.contains(".") || ["saml", "cognito-identity"].contains(prefix) { return (nil, nil) }
        guard ServiceReference.knownPrefixes.contains(prefix) else {
            return (nil, (.invalidService, "\(key): there is no service '\(prefix)'"))
        }
        guard let service = ServiceReference.service(prefix) else { return (nil, nil) }
        guard let found = service.key(key) else {
            return (nil, (.invalidServiceKey, "\(prefix) has no condition key \(key)"))
        }
        return ((found.type, found.isMultivalued), nil)
    }

    private static func mismatch(
        _ family: ConditionOperator.Family, _ type: ServiceReference.KeyType
    ) -> String? {
        switch (type, family) {
        case (_, .null), (_, .binary), (.string, .string), (.bool, .bool), (.numeric, .numeric), (.date, .date),
            (.address, .address):
            nil
        // Texts may hold ARNs, as those of an encryption context do; dates also come as seconds since 1970.
        case (.arn, .arn), (.arn, .string), (.string, .arn), (.date, .numeric): nil
        case (.string, _): "String operators"
        case (.arn, _): "Arn operators"
        case (.bool, _): "Bool"
        case (.numeric, _): "Numeric operators"
        case (.date, _): "Date operators"
        case (.address, _): "IpAddress"
        }
    }

    // MARK: Values

    private static func valueFaults(
        of condition: PolicyCondition, _ operation: ConditionOperator, _ type: ServiceReference.KeyType?
    ) -> [Fault] {
        let key = condition.key
        if ![.string, .arn].contains(operation.family), let value = condition.values.first(where: Variable.isIn) {
            return [(.variableForOperator, "\(condition.operatorName) on \(key) does not resolve \(value)")]
        }
        let values = condition.values.filter { !$0.contains("${") }
        func faults(_ code: AccessCode, _ wanted: String, _ isGood: (String) -> Bool) -> [Fault] {
            values.filter { !isGood($0) }.map {
                (code, "\(condition.operatorName) \(key) is '\($0)', wanted \(wanted)")
            }
        }
        switch operation.family {
        case .bool, .null:
            let faults = faults(.typeMismatchBoolean, "true or false") { ["true", "false"].contains($0.lowercased()) }
            let isBoth = Set(values.map { $0.lowercased() }).count > 1
            return isBoth && faults.isEmpty
                ? [(.multipleBoolean, "\(key) is both \(values.joined(separator: " and "))")] : faults
        case .numeric: return faults(.typeMismatchNumber, "a number") { Double($0) != nil }
        case .address: return faults(.typeMismatchAddress, "a range of addresses") { AddressRange($0) != nil }
        case .date:
            let faults = faults(.typeMismatchDate, "a date") { isDate($0) || Int($0) != nil }
            let seconds = values.filter { Int($0) != nil && $0.count > 4 }
            return faults + seconds.map { (.invalidDate, "\(key) is \($0), in seconds; wanted a date") }
        case .string where !operation.isLike && type != .arn:
            let wild = values.filter { Glob.isPattern($0.replacing("${*}", with: "").replacing("${?}", with: "")) }
            return wild.map {
                (.wildcardWithoutLike, "\(condition.operatorName) takes '\($0)' of \(key) by the letter")
            }
        case .string, .arn, .binary: return []
        }
    }

    /// `YYYY-MM-DD`, with or without a time.
    private static func isDate(_ text: String) -> Bool {
        let day = text.prefix { $0 != "T" && $0 != " " }
        let parts = day.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let month = parts[1], let number = parts[2], parts[0] != nil else { return false }
        return (1...12).contains(month) && (1...31).contains(number)
    }

    // MARK: Qualifiers

    private static func qualifierFaults(
        of condition: PolicyCondition, _ operation: ConditionOperator, _ isMultivalued: Bool,
        _ about: AccessSubject.Numbered
    ) -> [(AccessCode, String, AccessFinding.Kind?)] {
        let key = condition.key
        if isMultivalued {
            if operation.isForAll, about.statement.effect == .allow, !about.statement.demands(key) {
                // Requests without tags may well be wanted; those without subnets are not.
                let isTags = key.lowercased() == "aws:tagkeys"
                return [
                    (
                        .forAllValuesUnguarded,
                        "\(condition.operatorName) on \(key) lets a request without it pass; "
                            + "wanted Null \(key) false beside it",
                        isTags ? .suggestion : nil
                    )
                ]
            }
            let isPlain = !operation.isForAll && !operation.isForAny && operation.family != .null
            let isGlobal = key.lowercased().hasPrefix("aws:")
            return isPlain
                ? [
                    (
                        .missingQualifier,
                        "\(condition.operatorName) on \(key), of which a request may carry several",
                        isGlobal ? nil : .suggestion
                    )
                ] : []
        }
        guard operation.isForAll, about.statement.effect == .allow, operation.family != .null else { return [] }
        return [
            (.forAllValuesSingle, "\(condition.operatorName) on \(key), of which a request carries one or none", nil)
        ]
    }

    private static func addressFaults(of condition: PolicyCondition, _ operation: ConditionOperator) -> [Fault] {
        guard operation.family == .address, condition.key.lowercased() == "aws:sourceip" else { return [] }
        let ranges = condition.values.compactMap(AddressRange.init)
        guard !ranges.isEmpty, ranges.count == condition.values.count, ranges.allSatisfy(\.isPrivate) else { return [] }
        let values = condition.values.joined(separator: ", ")
        return operation.isNegated
            ? [(.privateNotAddress, "\(values) is private, so the condition is always met")]
            : [(.privateAddress, "\(values) is private, so the condition is never met")]
    }

    private static func duplicates(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        var first: [String: String] = [:]
        return about.statement.conditions.compactMap { condition in
            let name = condition.operatorName.lowercased() + " " + condition.key.lowercased()
            guard let earlier = first[name] else {
                first[name] = condition.key
                return nil
            }
            guard earlier != condition.key else { return nil }
            return subject.finding(
                .duplicateKeys, about, "\(earlier) and \(condition.key) are one key, told twice under one operator")
        }
    }

    // MARK: MFA

    /// `aws:MultiFactorAuthPresent` is absent from requests with long-term keys, which is where MFA is missing most.
    private static func mfa(
        _ condition: PolicyCondition, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        guard let operation = ConditionOperator(condition.operatorName),
            ["aws:multifactorauthpresent", "aws:multifactorauthage"].contains(condition.key.lowercased())
        else { return [] }
        let isPresence = condition.key.lowercased() == "aws:multifactorauthpresent"
        let values = condition.values.map { $0.lowercased() }
        let said = "\(condition.operatorName) \(condition.key) \(condition.values.joined(separator: ", "))"
        let fault: String? =
            switch (about.statement.effect, operation.family) {
            case (.allow, .null) where values.contains("true"): "allows who has no MFA"
            case (.allow, .bool) where isPresence && values.contains("false"): "allows who has no MFA"
            case (.allow, _) where operation.isIfExists: "allows requests with long-term keys, which lack the key"
            case (.deny, .bool) where isPresence && values.contains("false") && !operation.isIfExists:
                "does not deny requests with long-term keys, which lack the key"
            default: nil
            }
        return fault.map { [subject.finding(.badMFA, about, "\(said) \($0)")] } ?? []
    }
}

extension PolicyStatement {
    /// Whether a request without the key is refused: by `Null … false` or by a condition that the key must meet.
    func demands(_ key: String) -> Bool { isBound(by: [key]) }
}
