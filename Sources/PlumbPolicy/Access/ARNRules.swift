// Whether resources are written as their services write them, and are of a type that the actions work on.

import PlumbModel

enum ARNRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        guard subject.kind != .trust else { return [] }
        return subject.statements.flatMap { about -> [AccessFinding] in
            let resources = about.statement.resources + about.statement.notResources
            let faults = resources.flatMap { fault(of: $0, subject, about) + variables(in: $0, subject, about) }
            // What is misspelt has no type to compare.
            return faults.isEmpty ? mismatches(subject, about) : faults
        }
    }

    // MARK: Spelling

    private static func fault(
        of resource: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        // What a template refers to is spelt when it is deployed.
        if resource.allSatisfy({ $0 == "*" }) && !resource.isEmpty || resource.hasPrefix("${") { return [] }
        func found(_ code: AccessCode, _ message: String) -> [AccessFinding] {
            [subject.finding(code, about, "\(resource): \(message)", resources: [resource])]
        }
        let fields = ARN.fields(PolicyStatement.normal(resource))
        guard fields[0] == "arn" else {
            return Glob.overlap(fields[0], "arn") && Glob.isPattern(fields[0])
                ? [] : found(.invalidARNPrefix, "it does not begin with arn:")
        }
        guard fields.count == 6 else {
            // `arn:aws:s3*` and the like stop at a wildcard, which matches the fields that follow.
            return fields.last?.hasSuffix("*") == true
                ? [] : found(.missingARNField, "it has \(fields.count) of the six fields of an ARN")
        }
        let partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]
        if !isOpen(fields[1]) && !partitions.contains(fields[1]) {
            return found(.invalidPartition, "there is no partition '\(fields[1])'")
        }
        if isOpen(fields[2]) { return [] }
        if fields[2] != fields[2].lowercased() {
            return found(.invalidARNServiceCase, "the service '\(fields[2])' has capitals")
        }
        let account = fields[4]
        let isDigits = account.count == 12 && account.allSatisfy { $0.isASCII && $0.isNumber }
        if !account.isEmpty && !isOpen(account) && !isDigits && account != "aws" {
            return found(.invalidARNAccount, "'\(account)' is no account, wanted twelve digits")
        }
        if !fields[3].isEmpty && !isOpen(fields[3]) && !isRegion(fields[3]) {
            return found(.invalidARNRegion, "'\(fields[3])' is no region")
        }
        guard let service = ServiceReference.service(fields[2]) else { return [] }
        return fault(ofFields: fields, in: service, found)
    }

    /// The service has a table: region, account and resource must fit one of its types.
    private static func fault(
        ofFields fields: [String], in service: ServiceReference, _ found: (AccessCode, String) -> [AccessFinding]
    ) -> [AccessFinding] {
        let types = service.types.map { ARN.fields("arn:aws:" + $0.arn) }.filter {
            $0.count == 6 && $0[2] == fields[2] && overlaps($0[5], fields[5])
        }
        guard !types.isEmpty else {
            return service.types.isEmpty
                ? [] : found(.invalidARNResource, "'\(fields[5])' is no resource of \(fields[2])")
        }
        // A bucket's type is so wide that it takes in what looks like another type; the narrower one decides.
        let narrow = types.filter { $0[5] != "*" && $0[5] != "*/*" }
        let fitting = narrow.isEmpty || fields[3].isEmpty && fields[4].isEmpty ? types : narrow
        if !fields[3].isEmpty && fields[3] != "*" && fitting.allSatisfy({ $0[3].isEmpty }) {
            return found(.regionNotAllowed, "its ARN has no region")
        }
        if !fields[4].isEmpty && fields[4] != "*" && fitting.allSatisfy({ $0[4].isEmpty }) {
            return found(.accountNotAllowed, "its ARN has no account")
        }
        if fields[3].isEmpty && fitting.allSatisfy({ !$0[3].isEmpty }) {
            return found(.missingARNRegion, "its ARN has a region")
        }
        if fields[4].isEmpty && fitting.allSatisfy({ !$0[4].isEmpty }) {
            return found(.invalidARNAccount, "its ARN has an account")
        }
        return []
    }

    /// A field with a wildcard or a variable, of which nothing can be said.
    private static func isOpen(_ field: String) -> Bool { Glob.isPattern(field) || field.contains("${") }

    private static func isRegion(_ text: String) -> Bool {
        let parts = text.split(separator: "-")
        guard parts.count >= 3, let number = parts.last, Int(number) != nil else { return false }
        return parts.dropLast().allSatisfy { $0.allSatisfy { $0.isLowercase && $0.isASCII } }
    }

    // MARK: Variables

    private static func variables(
        in resource: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        Variable.faults(in: resource, version: subject.document.version).map { code, message in
            subject.finding(code, about, "\(resource): \(message)", resources: [resource])
        }
    }

    // MARK: Types

    /// Actions that none of the statement's resources is of a type for: the statement never allows or denies them.
    private static func mismatches(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        let resources = statement.resources.map(PolicyStatement.normal)
        guard !resources.isEmpty, !resources.contains(where: { $0.hasPrefix("${") || $0 == "*" }) else { return [] }
        var withoutType: [String] = []
        var ofOtherType: [(action: String, wanted: [String])] = []
        for action in statement.actions {
            guard let (service, found) = ServiceReference.actions(matching: action), !found.isEmpty else { continue }
            let typed = found.filter { !$0.types.isEmpty }
            if typed.isEmpty {
                withoutType.append(action)
            } else if typed.count == found.count,
                !typed.contains(where: { $0.types.contains { fits(service.types[$0], resources) } })
            {
                ofOtherType.append((action, typed[0].types.map { service.types[$0].name }))
            }
        }
        var findings: [AccessFinding] = []
        if !withoutType.isEmpty {
            let names = PolicyStatement.told(withoutType)
            findings.append(
                subject.finding(
                    .resourceMismatch, about, "\(names) works on no resource, so only * allows it, not \(resources[0])",
                    actions: withoutType, resources: statement.resources,
                    fix: "Move it to a statement with \"Resource\": \"*\"."))
        }
        if let first = ofOtherType.first {
            let names = PolicyStatement.told(ofOtherType.map(\.action))
            findings.append(
                subject.finding(
                    .resourceMismatch, about,
                    "\(names) works on \(PolicyStatement.told(first.wanted, most: 3)), but no resource is of that type",
                    actions: ofOtherType.map(\.action), resources: statement.resources))
        }
        return findings
    }

    private static func fits(_ type: ServiceReference.ResourceType, _ resources: [String]) -> Bool {
        let wanted = ARN.fields("arn:*:" + type.arn)
        return resources.contains { resource in
            let fields = ARN.fields(resource)
            guard fields.count == 6, wanted.count == 6 else { return Glob.overlap("arn:*:" + type.arn, resource) }
            guard (1...4).allSatisfy({ fields[$0].contains("${") || Glob.overlap(wanted[$0], fields[$0]) }) else {
                return false
            }
            return overlaps(wanted[5], fields[5])
        }
    }

    /// Names of buckets have no slash, so `bucket/*` is no bucket.
    private static func overlaps(_ type: String, _ resource: String) -> Bool {
        if type == "*" {
            let first = resource.prefix { $0 != "/" }
            return first.count == resource.count
                || first.hasSuffix("*")
                    && resource.dropFirst(first.count).allSatisfy {
                        "/*".contains($0)
                    }
        }
        return Glob.overlap(type, resource)
    }
}

extension ARN {
    /// The fields of an ARN, at most six; colons inside `${…}` separate nothing.
    static func fields(_ text: String) -> [String] {
        var fields = [""]
        var depth = 0
        for character in text {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if character == ":" && depth <= 0 && fields.count < 6 {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

/// `${aws:username}`: a policy variable.
enum Variable {
    /// What is wrong with the variables in a text of a policy of this version.
    static func faults(in text: String, version: String?) -> [(AccessCode, String)] {
        var faults: [(AccessCode, String)] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                faults.append((.missingBrace, "the variable ${\(rest) has no closing brace"))
                break
            }
            let name = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if name.allSatisfy(\.isWhitespace) {
                faults.append((.emptyVariable, "the variable ${} names nothing"))
            } else if isPolicyVariable(name) {
                if name.prefix(while: { $0 != "," }).contains(" ") {
                    faults.append((.spaceInVariable, "the variable ${\(name)} has a space in its name"))
                } else if version != "2012-10-17" {
                    let said = version.map { "Version \($0)" } ?? "a policy without Version"
                    faults.append((.variableInVersion, "in \(said) ${\(name)} is text, no variable"))
                }
            }
        }
        return faults
    }

    /// Templates write `${AWS::Region}` and `${Bucket.Arn}`; those are gone when IAM reads the policy.
    private static func isPolicyVariable(_ name: Substring) -> Bool {
        name.contains(":") && !name.contains("::")
    }

    /// Whether a text has a variable that IAM resolves.
    static func isIn(_ text: String) -> Bool {
        text.split(separator: "${").dropFirst().contains { isPolicyVariable($0.prefix { $0 != "}" }) }
    }
}
