// Inventories for the tests of mappings, written as the tongues' readers leave them: resolved, in normal form.

import PlumbModel
import Testing

@testable import PlumbFormats

extension Inventory {
    /// How names are said: CloudFormation's type, the type of the tongue, the property that holds the name.
    private static let names: [String: (kind: String, name: String)] = [
        "aws_s3_bucket": ("AWS::S3::Bucket", "bucket"), "aws_kms_key": ("AWS::KMS::Key", "-"),
        "aws_kms_alias": ("AWS::KMS::Alias", "name"), "aws_iam_role": ("AWS::IAM::Role", "name"),
        "aws_iam_policy": ("AWS::IAM::ManagedPolicy", "name"), "aws_vpc": ("AWS::EC2::VPC", "-"),
        "aws_subnet": ("AWS::EC2::Subnet", "-"), "aws_route_table": ("AWS::EC2::RouteTable", "-"),
        "aws_internet_gateway": ("AWS::EC2::InternetGateway", "-"),
        "aws_security_group": ("AWS::EC2::SecurityGroup", "-"), "aws_dynamodb_table": ("AWS::DynamoDB::Table", "name"),
        "aws_api_gateway_rest_api": ("AWS::ApiGateway::RestApi", "-"),
        "aws_api_gateway_domain_name": ("AWS::ApiGateway::DomainName", "domain_name"),
        "aws_vpc_endpoint": ("AWS::EC2::VPCEndpoint", "-"), "AWS::S3::Bucket": ("AWS::S3::Bucket", "BucketName"),
        "AWS::KMS::Alias": ("AWS::KMS::Alias", "AliasName"), "AWS::IAM::Role": ("AWS::IAM::Role", "RoleName"),
        "AWS::DynamoDB::Table": ("AWS::DynamoDB::Table", "TableName"),
        "AWS::ECR::Repository": ("AWS::ECR::Repository", "RepositoryName"),
        "AWS::Backup::BackupVault": ("AWS::Backup::BackupVault", "BackupVaultName"),
    ]

    /// An inventory of `{id: {Type: …, Properties: …}}`. A property `?why` is one that cannot be told.
    static func of(_ yaml: String) throws -> Inventory {
        let node = try DocumentReader.read(Array(yaml.utf8), file: "t.yaml").get()
        var inventory = Inventory()
        for entry in node.entries {
            let whole = Property(entry.value, in: "t.yaml").opened
            let type = try #require(whole["Type"].string.value)
            let (kind, key) = names[type] ?? (type, "-")
            var head = ResourceHead(id: entry.key, at: entry.mark.place(in: "t.yaml"))
            let properties = whole["Properties"].isAbsent ? Property(.map([])) : whole["Properties"]
            head.name = properties[key].name
            head.tags = properties["Tags"].tags.otherwise(properties["tags"].tags)
            head.region = whole["Region"].string
            inventory.append(SourceResource(id: entry.key, type: type, properties: properties, head: head))
            inventory.directory.enter(entry.key, kind: kind, name: head.name)
        }
        return inventory
    }
}

extension Property {
    /// `?why` as a value that cannot be told.
    fileprivate var opened: Property {
        var opened = self
        switch state {
        case .text(let text, _) where text.hasPrefix("?"): opened.state = .unknown(String(text.dropFirst()))
        case .list(let items): opened.state = .list(items.map(\.opened))
        case .map(let fields): opened.state = .map(fields.map { Field(key: $0.key, value: $0.value.opened) })
        default: break
        }
        return opened
    }
}

/// The graph that a tongue's mappings make of resources written by hand.
func graph(_ source: SourceKind, _ yaml: String) throws -> Graph {
    let inventory = try Inventory.of(yaml)
    var graph = Graph(source: source, environment: .production, asOf: try #require(Day("2026-11-24")))
    if source == .terraform {
        PlanMapping.fill(&graph, from: inventory)
    } else {
        CloudFormationMapping.fill(&graph, from: inventory)
    }
    return graph
}
