// Everything that a review can find, with its weight and its remedy.
//
// Names follow IAM Access Analyzer's policy check reference where it has the check. Those under "own" are the house's.

import PlumbModel

/// A name for something found, as bad as it usually is.
struct AccessCode: Sendable {
    let name: String
    let type: AccessFinding.Kind
    let severity: Severity
    /// What to write instead.
    let fix: String

    init(_ name: String, _ type: AccessFinding.Kind, _ severity: Severity, _ fix: String) {
        self.name = name
        self.type = type
        self.severity = severity
        self.fix = fix
    }

    private static func error(_ name: String, _ fix: String) -> AccessCode { AccessCode(name, .error, .high, fix) }
    private static func warning(_ name: String, _ severity: Severity, _ fix: String) -> AccessCode {
        AccessCode(name, .warning, severity, fix)
    }
    private static func risk(_ name: String, _ severity: Severity, _ fix: String) -> AccessCode {
        AccessCode(name, .securityWarning, severity, fix)
    }
    private static func suggestion(_ name: String, _ fix: String) -> AccessCode {
        AccessCode(name, .suggestion, .low, fix)
    }
}

// MARK: - Access Analyzer's: grammar and ARNs

extension AccessCode {
    static let missingVersion = warning("MISSING_VERSION", .low, #"Begin the policy with "Version": "2012-10-17"."#)
    static let invalidVersion = error("INVALID_VERSION", #"Write "Version": "2012-10-17"."#)
    static let missingStatement = error("MISSING_STATEMENT", "Add a statement.")
    static let missingAction = error("MISSING_ACTION", "Name the actions in Action.")
    static let missingResource = error("MISSING_RESOURCE", "Name the resources in Resource.")
    static let missingPrincipal = error("MISSING_PRINCIPAL", "Say in Principal who is meant.")
    static let unsupportedPrincipal = error(
        "UNSUPPORTED_PRINCIPAL", "Take Principal out; who it is attached to is its principal.")
    static let invalidPrincipalKey = error(
        "INVALID_PRINCIPAL_KEY", "Write AWS, Service, Federated or CanonicalUser before the principal.")
    static let invalidPrincipalFormat = error(
        "INVALID_PRINCIPAL_FORMAT", "Name an account id of 12 digits or the ARN of a role, user or session.")
    static let invalidServicePrincipal = error(
        "INVALID_SERVICE_PRINCIPAL_FORMAT", "Write the service as service.amazonaws.com.")
    static let wildcardInPrincipal = error(
        "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "Name the principal in full; aws:PrincipalArn takes patterns.")
    static let invalidRoleReference = warning(
        "INVALID_ROLE_REFERENCE", .medium, "Name the role by its ARN; the id belongs to one that was deleted.")
    static let invalidUserReference = warning(
        "INVALID_USER_REFERENCE", .medium, "Name the user by its ARN; the id belongs to one that was deleted.")
    static let unsupportedElements = error("UNSUPPORTED_ELEMENT_COMBINATION", "Keep one of the two.")
    static let invalidElement = error("INVALID_POLICY_ELEMENT", "Take the element out.")
    static let unsupportedAction = error("UNSUPPORTED_ACTION_IN_POLICY", "Name actions that this policy can allow.")
    static let uniqueSidsRequired = error("UNIQUE_SIDS_REQUIRED", "Give each statement a Sid of its own.")
    static let uniqueSidsRecommended = warning("UNIQUE_SIDS_RECOMMENDED", .low, "Give each statement a Sid of its own.")
    static let unsupportedSid = error("UNSUPPORTED_SID", "Use the letters a-z, A-Z and digits in Sid.")
    static let emptySid = suggestion("EMPTY_SID_VALUE", "Give it a Sid that says what it is for, or none.")
    static let invalidAction = error("INVALID_ACTION", "Name an action that exists.")
    static let invalidServiceInAction = error("INVALID_SERVICE_IN_ACTION", "Begin with the prefix of an AWS service.")
    static let policySize = warning(
        "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", .low, "Split it: a managed policy has at most 6,144 characters.")

    static let invalidARNPrefix = error("INVALID_ARN_PREFIX", "Begin with arn:aws:, or write *.")
    static let missingARNField = error("MISSING_ARN_FIELD", "Write arn:partition:service:region:account:resource.")
    static let invalidPartition = error("INVALID_PARTITION", "Write aws, aws-cn or aws-us-gov after arn:.")
    static let invalidService = error("INVALID_SERVICE", "Name an AWS service by its prefix.")
    static let invalidARNServiceCase = error("INVALID_ARN_SERVICE_CASE", "Write the service in small letters.")
    static let invalidARNRegion = error("INVALID_ARN_REGION", "Write a region such as us-east-1.")
    static let invalidARNAccount = error("INVALID_ARN_ACCOUNT", "Write the account's twelve digits.")
    static let regionNotAllowed = error("ARN_REGION_NOT_ALLOWED", "Leave the region empty.")
    static let accountNotAllowed = error("ARN_ACCOUNT_NOT_ALLOWED", "Leave the account empty.")
    static let missingARNRegion = error("MISSING_ARN_REGION", "Write the region.")
    static let invalidARNResource = error("INVALID_ARN_RESOURCE", "Write the resource as its service spells it.")
    static let variableInVersion = error(
        "VARIABLE_UNSUPPORTED_IN_VERSION", #"Write "Version": "2012-10-17"; older ones take variables for text."#)
    static let variableInElement = error("VARIABLE_UNSUPPORTED_IN_ELEMENT", "Use variables in Resource and Condition.")
    static let missingBrace = error("MISSING_BRACE_IN_VARIABLE", "Close the variable with }.")
    static let emptyVariable = error("EMPTY_VARIABLE", "Name the variable.")
    static let spaceInVariable = error("UNSUPPORTED_SPACE_IN_VARIABLE", "Take the space out of the variable's name.")
}

// MARK: - Access Analyzer's: conditions

extension AccessCode {
    static let invalidOperator = error("INVALID_CONDITION_OPERATOR", "Use an operator of IAM's, such as StringEquals.")
    static let nullWithIfExists = error("NULL_WITH_IF_EXISTS", "Write Null; it asks whether the key exists.")
    static let nullWithQualifier = suggestion("NULL_WITH_QUALIFIER", "Write Null without a qualifier.")
    static let invalidKeyFormat = error("INVALID_CONDITION_KEY_FORMAT", "Write the key as service:name.")
    static let invalidGlobalKey = error("INVALID_GLOBAL_CONDITION_KEY", "Name a global key that exists.")
    static let invalidServiceKey = error("INVALID_SERVICE_CONDITION_KEY", "Name a key that the service has.")
    static let unsupportedGlobalKey = error(
        "UNSUPPORTED_GLOBAL_CONDITION_KEY", "Use aws:PrincipalArn or aws:SourceArn.")
    static let missingTagKey = error("MISSING_TAG_KEY_IN_CONDITION", "Write the tag's name behind the slash.")
    static let typeMismatch = warning("TYPE_MISMATCH", .medium, "Use an operator for the key's type.")
    static let typeMismatchBoolean = warning("TYPE_MISMATCH_BOOLEAN", .medium, "Write true or false.")
    static let typeMismatchDate = warning("TYPE_MISMATCH_DATE", .medium, "Write the date as 2026-11-24T00:00:00Z.")
    static let typeMismatchAddress = warning("TYPE_MISMATCH_IP_RANGE", .medium, "Write a range such as 203.0.113.0/24.")
    static let typeMismatchNumber = warning("TYPE_MISMATCH_NUMBER", .medium, "Write a number.")
    static let invalidDate = warning("INVALID_DATE_VALUE", .low, "Write the date as 2026-11-24T00:00:00Z.")
    static let multipleBoolean = error("INVALID_CONDITION_MULTIPLE_BOOLEAN", "Write one of true and false.")
    static let variableForOperator = error(
        "INVALID_VARIABLE_FOR_OPERATOR", "Use variables with String and Arn operators.")
    static let wildcardWithoutLike = warning(
        "WILDCARD_WITHOUT_LIKE_OPERATOR", .medium, "Write StringLike, or name the value in full.")
    static let missingQualifier = error(
        "MISSING_QUALIFIER", "Begin the operator with ForAllValues: (and demand the key by Null) or ForAnyValue:.")
    static let duplicateKeys = error("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "Name each key once.")
    /// `EMPTY_ARRAY_ACTION`, and so for Resource and Principal.
    static func emptyArray(of element: String) -> AccessCode {
        let name = element.hasPrefix("Not") ? String(element.dropFirst(3)) : element
        return suggestion(
            "EMPTY_ARRAY_" + name.uppercased(), "Name something in \(element), or take the statement out.")
    }
    static let emptyCondition = suggestion("EMPTY_ARRAY_CONDITION", "Name values, or take the condition out.")
    static let privateAddress = error(
        "PRIVATE_IP_ADDRESS", "Use aws:VpcSourceIp with aws:SourceVpc; aws:SourceIp sees public addresses only.")
    static let privateNotAddress = error(
        "PRIVATE_NOT_IP_ADDRESS", "Use aws:VpcSourceIp with aws:SourceVpc; aws:SourceIp sees public addresses only.")
    static let forAllValuesSingle = risk(
        "FORALLVALUES_WITH_SINGLE_VALUED_KEY", .high, "Take ForAllValues: off; it lets a request without the key pass.")
    static let allowUnsupportedTag = suggestion(
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "Move these actions to a statement that limits them by resource.")
    static let denyUnsupportedTag = risk(
        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", .medium,
        "Move these actions to a Deny without the tag condition.")
    static let allowNotActionTag = suggestion(
        "ALLOW_NOT_ACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "Name the allowed actions in Action; those that carry no tag are not allowed.")
    static let denyNotActionTag = risk(
        "DENY_NOT_ACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", .medium,
        "Name the denied actions in Action; those that carry no tag are not denied.")
}

// MARK: - Access Analyzer's: PassRole, service-linked roles, principals, redundancy

extension AccessCode {
    private static let passFix =
        #"Name the role's ARN in Resource, and add {"StringEquals": "#
        + #"{"iam:PassedToService": "sagemaker.amazonaws.com"}}."#
    static let passRoleStarResource = risk("PASS_ROLE_WITH_STAR_IN_RESOURCE", .critical, passFix)
    static let passRoleStarBoth = risk("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", .critical, passFix)
    static let passRoleStarNotAction = risk("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", .critical, passFix)
    static let passRoleNotResource = risk("PASS_ROLE_WITH_NOT_RESOURCE", .critical, passFix)
    static let passRoleStarNotResource = risk("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", .critical, passFix)
    static let passRoleNotBoth = risk("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", .critical, passFix)

    private static let linkedFix =
        "Name the role: arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/NAME, with iam:AWSServiceName."
    static let linkedStarResource = warning("CREATE_SLR_WITH_STAR_IN_RESOURCE", .low, linkedFix)
    static let linkedStarBoth = warning("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", .low, linkedFix)
    static let linkedStarNotAction = warning("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", .low, linkedFix)
    static let linkedNotResource = warning("CREATE_SLR_WITH_NOT_RESOURCE", .low, linkedFix)
    static let linkedStarNotResource = warning("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", .low, linkedFix)
    static let linkedNotBoth = warning("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", .low, linkedFix)

    static let allowNotPrincipal = risk("ALLOW_WITH_NOT_PRINCIPAL", .critical, "Name in Principal who is meant.")
    static let restrictService = risk(
        "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", .high,
        #"Add {"StringEquals": {"aws:SourceAccount": "111122223333"}} or {"ArnLike": {"aws:SourceArn": "#
            + #""arn:aws:sagemaker:us-east-1:111122223333:*"}} with your account."#)
    static let recommendService = suggestion(
        "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "Add aws:SourceAccount where the service sends it.")
    static let missingOIDC = risk(
        "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", .high,
        "Bind the provider's :sub and :aud by StringEquals, so that only your own tokens count.")
    static let missingGitHubRepo = risk(
        "MISSING_GITHUB_REPO_CONDITION_KEY", .high,
        #"Add {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:ORG/REPO:ref:refs/heads/main"}}."#)

    static let redundantAction = suggestion(
        "REDUNDANT_ACTION", "Take it out; another action of the statement covers it.")
    static let redundantResource = suggestion(
        "REDUNDANT_RESOURCE", "Take it out; another resource of the statement covers it.")
    static let redundantStatement = suggestion("REDUNDANT_STATEMENT", "Take it out; another statement says the same.")
}

// MARK: - Own: what is granted

extension AccessCode {
    static let fullAdmin = risk("FULL_ADMIN", .critical, "Name the actions and resources that are needed.")
    static let serviceWildcard = risk("SERVICE_WILDCARD", .high, "Name the actions that are needed.")
    static let actionWildcard = warning("ACTION_WILDCARD", .medium, "Name the actions that are needed.")
    static let notActionAllow = risk("NOT_ACTION_ALLOW", .high, "Name in Action what is allowed.")
    static let notResourceAllow = risk("NOT_RESOURCE_ALLOW", .high, "Name in Resource what is meant.")
    static let resourceStar = warning("RESOURCE_STAR", .medium, "Name the resources' ARNs.")
    static let effectiveStar = warning(
        "EFFECTIVE_STAR", .medium, "Name the resources' ARNs; the pattern reaches as far as * does.")
    static let accountWildcard = warning(
        "ACCOUNT_WILDCARD", .medium, "Write the account; the pattern reaches into every account.")
    static let neighbourMatch = warning(
        "RESOURCE_MATCHES_NEIGHBOURS", .medium,
        "Name the bucket in full, or bind aws:ResourceAccount: bucket names are anybody's.")
    static let resourceMismatch = warning(
        "RESOURCE_MISMATCH", .medium, "Name a resource of the type that the action works on.")
    static let unsupportedKey = warning(
        "UNSUPPORTED_CONDITION_KEY", .medium, "Move these actions to a statement without the key.")
    static let forAllValuesUnguarded = warning(
        "FORALLVALUES_WITHOUT_NULL_GUARD", .high,
        #"Add {"Null": {"KEY": "false"}}: an absent key satisfies ForAllValues."#)
    static let badMFA = risk(
        "BAD_PATTERN_FOR_MFA", .high,
        "Allow with Bool aws:MultiFactorAuthPresent true; deny with BoolIfExists aws:MultiFactorAuthPresent false.")
    static let dataExfiltration = risk("DATA_EXFILTRATION", .high, "Name the buckets, secrets or parameters to read.")
    static let decryptStar = risk(
        "KMS_DECRYPT_STAR", .high, "Name the key's ARN, or bind kms:ViaService or kms:EncryptionContext.")
    static let auditTampering = risk(
        "AUDIT_TAMPERING", .critical, "Leave this to a role that is used for nothing else, and deny it to all others.")
    static let credentialsExposure = risk(
        "CREDENTIALS_EXPOSURE", .high, "Name whose credentials may be fetched, or take the action out.")
    static let resourceExposure = risk(
        "RESOURCE_EXPOSURE", .high, "Name the resources whose policies may be changed, or take the action out.")
    static let privilegeEscalation = risk(
        "PRIVILEGE_ESCALATION", .critical, "Name the resources, and let iam:PassRole name one role and one service.")
    static let passRoleUnbound = risk(
        "PASS_ROLE_WITHOUT_PASSED_TO_SERVICE", .high,
        #"Add {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}."#)
    static let passRoleConditioned = warning(
        "PASS_ROLE_STAR_CONDITIONED", .medium,
        "Name the role's ARN in Resource: every role that the service may play can be passed.")
    static let serviceNotListed = suggestion(
        "SERVICE_NOT_LISTED", "Look the actions up in AWS's service authorization reference.")
    static let missingNamespace = suggestion(
        "MISSING_NAMESPACE_CONDITION", "Bind cloudwatch:namespace, since PutMetricData takes no resource.")
}

// MARK: - Own: guards, trust and resource policies

extension AccessCode {
    static let missingVPC = warning(
        "MISSING_VPC_CONDITION", .medium,
        #"Add {"Null": {"sagemaker:VpcSubnets": "false"}} and ForAllValues:StringEquals on the subnets."#)
    static let missingKMS = warning(
        "MISSING_KMS_CONDITION", .medium,
        #"Add {"ArnEquals": {"sagemaker:VolumeKmsKey": "KEY-ARN"}}, or bind sagemaker:InstanceTypes to types whose "#
            + "local storage encrypts itself.")
    static let missingIsolation = suggestion(
        "MISSING_NETWORK_ISOLATION", #"Add {"Bool": {"sagemaker:NetworkIsolation": "true"}}."#)
    static let missingRequestTag = suggestion(
        "MISSING_REQUEST_TAG",
        #"Add {"StringEquals": {"aws:RequestTag/team": "TEAM"}}, so that what is made has an owner."#)

    static let trustAny = risk("TRUST_ANY_PRINCIPAL", .critical, "Name in Principal who may assume the role.")
    static let trustAccount = warning(
        "TRUST_WHOLE_ACCOUNT", .medium, "Name the role that may assume it, or bind aws:PrincipalArn or a principal tag."
    )
    static let crossAccount = risk(
        "CROSS_ACCOUNT_WITHOUT_EXTERNAL_ID", .high, #"Add {"StringEquals": {"sts:ExternalId": "…"}}."#)
    static let wildcardBranch = warning(
        "WILDCARD_IN_OIDC_SUBJECT", .medium, "Name the branch or environment in the subject.")
    static let missingAudience = warning(
        "MISSING_AUDIENCE_CONDITION_KEY", .medium, "Bind the provider's :aud by StringEquals.")
    static let oneSource = warning(
        "SOURCE_ARN_OF_ONE_ENDPOINT", .medium,
        "Write arn:aws:sagemaker:REGION:ACCOUNT:*; SageMaker assumes the role before the resource exists.")

    static let publicPrincipal = risk(
        "PUBLIC_PRINCIPAL", .critical, "Name the principal, or bind aws:PrincipalOrgID or aws:PrincipalAccount.")
    static let noTransportDeny = risk(
        "NO_SECURE_TRANSPORT_DENY", .high,
        #"Add a Deny for * on s3:* of the bucket and bucket/* with {"Bool": {"aws:SecureTransport": "false"}}."#)
    static let noTLSFloor = warning(
        "NO_TLS_FLOOR", .medium,
        #"Add a Deny for * on s3:* of the bucket and bucket/* with {"NumericLessThan": {"s3:TlsVersion": "1.2"}}."#)
    static let noEncryptionDeny = suggestion(
        "NO_ENCRYPTION_DENY", "Deny s3:PutObject whose s3:x-amz-server-side-encryption is not aws:kms.")
}
