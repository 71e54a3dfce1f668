// The operations of S3 that are used.

extension RESTBinding {
    /// What an object has from its first byte on.
    private static let properties = [
        "ContentType": "Content-Type", "ServerSideEncryption": "x-amz-server-side-encryption",
        "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id", "ObjectLockMode": "x-amz-object-lock-mode",
        "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
    ]

    static let s3: [String: RESTBinding] = [
        "ListBuckets": RESTBinding(
            "GET", "/",
            query: [
                "MaxBuckets": "max-buckets", "ContinuationToken": "continuation-token", "Prefix": "prefix",
                "BucketRegion": "bucket-region",
            ]),
        "HeadBucket": RESTBinding("HEAD", "/{Bucket}", answerHeaders: ["x-amz-bucket-region": "BucketRegion"]),
        "CreateBucket": RESTBinding(
            "PUT", "/{Bucket}", headers: ["ObjectLockEnabledForBucket": "x-amz-bucket-object-lock-enabled"],
            body: .xml("CreateBucketConfiguration")),
        "DeleteBucket": RESTBinding("DELETE", "/{Bucket}"),
        "GetBucketAcl": RESTBinding("GET", "/{Bucket}?acl"),
        "GetBucketEncryption": RESTBinding(
            "GET", "/{Bucket}?encryption", answer: .member("ServerSideEncryptionConfiguration")),
        "GetBucketLifecycleConfiguration": RESTBinding("GET", "/{Bucket}?lifecycle"),
        "GetBucketLocation": RESTBinding("GET", "/{Bucket}?location", answer: .member("LocationConstraint")),
        "GetBucketLogging": RESTBinding("GET", "/{Bucket}?logging"),
        "GetBucketNotificationConfiguration": RESTBinding("GET", "/{Bucket}?notification"),
        "GetBucketOwnershipControls": RESTBinding(
            "GET", "/{Bucket}?ownershipControls", answer: .member("OwnershipControls")),
        "GetBucketPolicy": RESTBinding("GET", "/{Bucket}?policy", answer: .text("Policy")),
        "GetBucketPolicyStatus": RESTBinding("GET", "/{Bucket}?policyStatus", answer: .member("PolicyStatus")),
        "GetBucketReplication": RESTBinding(
            "GET", "/{Bucket}?replication", answer: .member("ReplicationConfiguration")),
        "GetBucketTagging": RESTBinding("GET", "/{Bucket}?tagging"),
        "GetBucketVersioning": RESTBinding("GET", "/{Bucket}?versioning"),
        "GetObjectLockConfiguration": RESTBinding(
            "GET", "/{Bucket}?object-lock", answer: .member("ObjectLockConfiguration")),
        "GetPublicAccessBlock": RESTBinding(
            "GET", "/{Bucket}?publicAccessBlock", answer: .member("PublicAccessBlockConfiguration")),
        "PutBucketEncryption": RESTBinding(
            "PUT", "/{Bucket}?encryption", body: .xml("ServerSideEncryptionConfiguration")),
        "PutBucketPolicy": RESTBinding("PUT", "/{Bucket}?policy", body: .raw("Policy")),
        "PutBucketVersioning": RESTBinding("PUT", "/{Bucket}?versioning", body: .xml("VersioningConfiguration")),
        "PutPublicAccessBlock": RESTBinding(
            "PUT", "/{Bucket}?publicAccessBlock", body: .xml("PublicAccessBlockConfiguration")),
        "ListObjectsV2": RESTBinding(
            "GET", "/{Bucket}?list-type=2",
            query: [
                "Prefix": "prefix", "Delimiter": "delimiter", "MaxKeys": "max-keys", "StartAfter": "start-after",
                "ContinuationToken": "continuation-token",
            ]),
        "HeadObject": RESTBinding(
            "HEAD", "/{Bucket}/{Key+}", query: ["VersionId": "versionId"],
            headers: ["ChecksumMode": "x-amz-checksum-mode"],
            answerHeaders: [
                "ETag": "ETag", "Content-Length": "ContentLength", "Content-Type": "ContentType",
                "x-amz-version-id": "VersionId", "x-amz-server-side-encryption": "ServerSideEncryption",
                "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
                "x-amz-object-lock-mode": "ObjectLockMode",
                "x-amz-object-lock-retain-until-date": "ObjectLockRetainUntilDate",
                "x-amz-checksum-sha256": "ChecksumSHA256",
            ]),
        "GetObject": RESTBinding(
            "GET", "/{Bucket}/{Key+}", query: ["VersionId": "versionId"],
            headers: ["Range": "Range", "IfMatch": "If-Match"], answer: .data("Body"),
            answerHeaders: ["ETag": "ETag", "Content-Type": "ContentType", "Content-Range": "ContentRange"]),
        "PutObject": RESTBinding(
            "PUT", "/{Bucket}/{Key+}",
            headers: properties.merging([
                "IfNoneMatch": "If-None-Match", "IfMatch": "If-Match",
                "ChecksumAlgorithm": "x-amz-sdk-checksum-algorithm",
            ]) { $1 },
            body: .raw("Body"), answerHeaders: ["ETag": "ETag", "x-amz-version-id": "VersionId"]),
        "CreateMultipartUpload": RESTBinding(
            "POST", "/{Bucket}/{Key+}?uploads",
            headers: properties.merging(["ChecksumAlgorithm": "x-amz-checksum-algorithm"]) { $1 }),
        "UploadPart": RESTBinding(
            "PUT", "/{Bucket}/{Key+}", query: ["PartNumber": "partNumber", "UploadId": "uploadId"],
            body: .raw("Body"), answerHeaders: ["ETag": "ETag"]),
        "CompleteMultipartUpload": RESTBinding(
            "POST", "/{Bucket}/{Key+}", query: ["UploadId": "uploadId"],
            headers: ["IfNoneMatch": "If-None-Match", "IfMatch": "If-Match"],
            body: .xml("MultipartUpload", root: "CompleteMultipartUpload")),
        "AbortMultipartUpload": RESTBinding(
            "DELETE", "/{Bucket}/{Key+}", query: ["UploadId": "uploadId"]),
        "DeleteObject": RESTBinding("DELETE", "/{Bucket}/{Key+}", query: ["VersionId": "versionId"]),
    ]
}
