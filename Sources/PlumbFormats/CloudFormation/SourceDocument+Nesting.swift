// The templates that a template nests by local path, so that they can be read with it.

extension SourceDocument {
    /// Paths from the working folder; what is at a web address, or is worked out by a function, is not among them.
    public var nestedTemplatePaths: [String] {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return (root["Resources"]?.entries ?? []).compactMap { entry in
            guard entry.value["Type"]?.text == "AWS::CloudFormation::Stack",
                let url = entry.value["Properties"]?["TemplateURL"], url.tag == nil, let text = url.text,
                !text.isEmpty, !text.contains("://")
            else { return nil }
            let plain = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
            return plain.hasPrefix("/") ? plain : folder + plain
        }
    }
}
