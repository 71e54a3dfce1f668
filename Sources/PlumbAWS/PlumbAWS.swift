// A real AWS account: the client that everything else here speaks through, a look at it, and deploying to it.
//
// Reading order: Client/Client.swift (how a call travels), Credentials/CredentialChain.swift (who is calling), then
// Deployment/Deployment.swift.
