// A policy document is found however AWS's tools hand it out.

import PlumbModel
import Testing

@testable import PlumbFormats

struct PolicyDocumentReaderTests {
    private func read(_ text: String, _ kind: AccessPolicyKind? = nil) throws -> (
        document: PolicyDocument, kind: AccessPolicyKind
    ) {
        try PolicyDocumentReader.read(SourceFile(path: "policy.json", bytes: [UInt8](text.utf8)), kind: kind)
    }

    private static let allow =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
    private static let quoted =
        #""{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}""#

    @Test(arguments: [
        allow, #"{"PolicyVersion":{"Document":\#(allow),"VersionId":"v1"}}"#, #"{"PolicyDocument":\#(allow)}"#,
        #"{"Policy":\#(quoted)}"#, #"{"Attributes":{"Policy":\#(quoted)}}"#, #"{"policyText":\#(quoted)}"#,
        "Statement:\n  Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n",
    ])
    func isFoundInEveryWrapping(text: String) throws {
        let (document, kind) = try read(text)
        #expect(document.statements.map(\.actions) == [["s3:GetObject"]] && kind == .identity)
    }

    @Test(arguments: [
        (#""Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole""#, AccessPolicyKind.trust),
        (#""Principal":"*","Action":"s3:GetObject","Resource":"*""#, .resource),
        (#""NotPrincipal":{"AWS":"1"},"Action":"kms:*","Resource":"*""#, .resource),
        (#""Action":"sts:AssumeRole","Resource":"*""#, .identity),
    ])
    func whatSortItIsItsPrincipalsTell(body: String, kind: AccessPolicyKind) throws {
        #expect(try read(#"{"Statement":[{"Effect":"Allow",\#(body)}]}"#).kind == kind)
    }

    @Test func theTrustPolicyOfARoleIsTakenForATrustPolicyOnly() throws {
        let trust = #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"a"},"Action":"sts:AssumeRole"}]}"#
        let role = #"{"Role":{"Arn":"x","AssumeRolePolicyDocument":\#(trust)}}"#
        #expect(try read(role).kind == .trust)
        #expect(try read(role, .trust).document.statements.first?.place?.line == 1)
        #expect(throws: PlumbError.self) { try read(role, .identity) }
    }

    @Test(arguments: ["", "[]", "{}", "x", #"{"Statement":[{"Effect":"Maybe","Action":"a"}]}"#, #"{"Statement":"#])
    func whatIsNoneIsAnErrorWithAPlace(text: String) {
        let error = #expect(throws: PlumbError.self) { try read(text) }
        #expect(error?.kind == .invalidInput && error?.place?.file == "policy.json")
    }
}
