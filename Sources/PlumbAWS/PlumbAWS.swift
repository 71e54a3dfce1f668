// What Plumbline knows of a real AWS account: at present the client that everything else here speaks through.
//
// Reading order: Client/Client.swift (how a call travels), then Credentials/CredentialChain.swift (who is calling).
