// How CloudFormation itself spells an attribute that the normal form calls `Arn`, `Name` or `Id`.

enum CloudFormationAttributes {
    /// The text, in normal form, of an attribute of a resource: `${X}` stands for `!Ref X`, `${X.Y}` for `!GetAtt X.Y`.
    static func text(_ id: String, _ name: String?, type: String) -> String {
        guard let name else { return "${\(id)}" }
        switch (type, name) {
        // Some types give their ARN, or their name, as what `Ref` returns.
        case ("AWS::SNS::Topic", "Arn"), ("AWS::SageMaker::Endpoint", "Arn"), ("AWS::SageMaker::EndpointConfig", "Arn"),
            ("AWS::SageMaker::Model", "Arn"), ("AWS::CE::AnomalyMonitor", "Arn"), ("AWS::EC2::VPC", "Id"),
            ("AWS::EC2::Subnet", "Id"), ("AWS::EC2::RouteTable", "Id"), ("AWS::EC2::VPCEndpoint", "Id"),
            ("AWS::ApplicationAutoScaling::ScalingPolicy", "Arn"), ("AWS::AccessAnalyzer::Analyzer", "Arn"),
            ("AWS::SageMaker::MonitoringSchedule", "Arn"):
            return "${\(id)}"
        case ("AWS::Backup::BackupPlan", "Arn"): return "${\(id).BackupPlanArn}"
        case ("AWS::Backup::BackupVault", "Arn"): return "${\(id).BackupVaultArn}"
        case ("AWS::Backup::RestoreTestingPlan", "Arn"): return "${\(id).RestoreTestingPlanArn}"
        case ("AWS::EC2::SecurityGroup", "Id"): return "${\(id).GroupId}"
        // EC2 gives no ARNs: they are made of ids.
        case ("AWS::EC2::VPC", "Arn"): return ec2("vpc", "${\(id)}")
        case ("AWS::EC2::Subnet", "Arn"): return ec2("subnet", "${\(id)}")
        case ("AWS::EC2::SecurityGroup", "Arn"): return ec2("security-group", "${\(id).GroupId}")
        case ("AWS::EC2::VPCEndpoint", "Arn"): return ec2("vpc-endpoint", "${\(id)}")
        default: return "${\(id).\(name)}"
        }
    }

    private static func ec2(_ kind: String, _ id: String) -> String {
        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:\(kind)/\(id)"
    }
}
