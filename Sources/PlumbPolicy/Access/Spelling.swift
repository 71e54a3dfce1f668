// What a misspelt service or action was probably meant to be.

/// The nearest known name.
enum Spelling {
    /// API operations that IAM knows by another action.
    private static let operations: [String: String] = [
        "s3:listobjects": "s3:ListBucket", "s3:listobjectsv2": "s3:ListBucket", "s3:headobject": "s3:GetObject",
        "s3:headbucket": "s3:ListBucket", "s3:listbuckets": "s3:ListAllMyBuckets",
        "s3:deleteobjects": "s3:DeleteObject",
        "s3:copyobject": "s3:PutObject", "s3:uploadpart": "s3:PutObject", "s3:createmultipartupload": "s3:PutObject",
        "s3:putbucketlifecycle": "s3:PutLifecycleConfiguration",
        "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
        "s3:getbucketencryption": "s3:GetEncryptionConfiguration", "lambda:invoke": "lambda:InvokeFunction",
        "kms:reencrypt": "kms:ReEncryptFrom", "ecr:dockerpull": "ecr:BatchGetImage",
        "dynamodb:transactwriteitems": "dynamodb:PutItem", "dynamodb:transactgetitems": "dynamodb:GetItem",
    ]

    private static let prefixes: [String: String] = [
        "sagemaker-runtime": "sagemaker", "runtime.sagemaker": "sagemaker", "sagemaker.runtime": "sagemaker",
        "monitoring": "cloudwatch", "cw": "cloudwatch", "cloudwatchlogs": "logs", "eventbridge": "events",
        "stepfunctions": "states", "elb": "elasticloadbalancing", "alb": "elasticloadbalancing",
        "costexplorer": "ce", "parameterstore": "ssm", "efs": "elasticfilesystem",
        "email": "ses", "api.ecr": "ecr", "tagging": "tag",
    ]

    /// The IAM action of an API operation: some services name the two apart, some write a version behind the operation.
    static func action(ofOperation operation: String, of prefix: String) -> String {
        if let known = operations["\(prefix):\(operation.lowercased())"] { return known }
        // `CreateFunction20150331v2`, `CreateDistribution2020_05_31`.
        var name = Substring(operation)
        if let version = name.firstIndex(where: \.isNumber),
            name[version...].allSatisfy({ $0.isNumber || $0 == "_" || $0 == "v" }),
            name[version...].filter(\.isNumber).count >= 8
        {
            name = name[..<version]
        }
        let stripped = "\(prefix):\(name.lowercased())"
        return operations[stripped] ?? "\(prefix):\(name)"
    }

    /// The IAM prefix of a service as records of calls name it: `monitoring` is CloudWatch.
    static func prefix(ofService service: String) -> String { prefixes[service] ?? service }

    static func service(near prefix: String) -> String? {
        prefixes[prefix] ?? nearest(to: prefix, among: ServiceReference.knownPrefixes)
    }

    static func action(near name: String, of prefix: String, in service: ServiceReference) -> String? {
        if let known = operations["\(prefix):\(name.lowercased())"] { return known }
        return nearest(to: name.lowercased(), among: service.actions.keys)
            .flatMap { service.actions[$0] }.map { "\(prefix):\($0.name)" }
    }

    /// The name with the fewest letters to change, when those are at most a third of it.
    private static func nearest(to text: String, among names: some Sequence<String>) -> String? {
        let text = Array(text.utf8)
        let limit = max(1, text.count / 3)
        var best: (name: String, distance: Int)?
        for name in names.sorted() where abs(name.utf8.count - text.count) <= limit {
            let distance = distance(text, Array(name.utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Levenshtein's: letters to insert, delete or replace.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in other.indices {
                let changed = diagonal + (letter == other[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(changed, diagonal + 1, row[place] + 1)
            }
        }
        return row[other.count]
    }
}
