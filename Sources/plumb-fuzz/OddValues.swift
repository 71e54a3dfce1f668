// Values at the edges of what a reader expects.

/// What is put where something else should stand.
enum OddValues {
    static let numbers = [
        "0", "-1", "1", "-0", "0.5", "1e999", "-1e999", "1e308", "1e-400", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "4294967296", "2147483648", "1e19",
        "99999999999999999999", "0.1e1", "60", "61", "86400", "100", "1000000", "true", "false", "9007199254740993",
        "1e18", "9.3e18", "-9.3e18", "4611686018427387904", "153722867280912931",
    ]
    static let texts = [
        "", " ", "*", "NaN", "inf", "-inf", "0x10", "1_000", "９", "\u{0}", "\u{FEFF}", "\u{202E}é", "a\u{301}",
        "${", "${}", "${!}", "${A", "${A.Arn}", "${AWS::AccountId}", "$${A}", "${A.B.C}", "arn:", "arn:aws:iam::*:root",
        "arn:aws:sagemaker:::endpoint/", "arn:aws:s3:::*", "rate(0 days)", "rate(1e300 days)", "rate(-1 minutes)",
        "cron(0 0 * * ? *)", "cron(* * * 12/9223372036854775807 * *)", "cron()", "at(2026-13-45T99:99:99)",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}", "{\"Statement\":", "[[[[[[[[",
        "{\"widgets\":[{\"properties\":{\"metrics\":[[\".\",\".\"],[\"...\"]]}}]}", "{}", "[]", "null",
        "production", "9999-12-31", "0000-01-01", "PT1H", "P999999999999D", "10.0.0.0/33", "10.0.0.0/0", "::/129",
        "m1/m2*100", "SEARCH('a', 'Sum', 60)", "FILL(METRICS(), REPEAT)", "IF(m1>1,m2,m3)", "99999999999999999999",
        "1e999", "9223372036854775807", "endpoint//variant/", "endpoint/a/variant/b", "AWS::NoValue", "ml.",
        "ml.m5.xlarge", "serverless", "p99", "p100.1", "tm(:)", "PR(:300)", "a/b/c/d", "://", "s3://", "%7B%22",
    ]
    static let functions = [
        "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap",
        "Fn::ImportValue", "Fn::Base64", "Fn::Cidr", "Fn::Transform", "Fn::GetAZs", "Fn::Equals", "Fn::Not", "Fn::And",
        "Fn::Or", "Condition", "Fn::ToJsonString", "Fn::Length", "Fn::ForEach::X", "Fn::", "Rules",
    ]
    static let keys =
        functions + [
            "Type", "Properties", "Resources", "Condition", "Conditions", "Parameters", "Mappings", "DependsOn",
            "values",
            "address", "type", "index", "references", "module_calls", "child_modules", "resource_changes",
            "after_unknown",
            "planned_values", "configuration", "expressions", "for_each_expression", "constant_value", "<<", "",
            "Default",
        ]
    static let pieces = [
        "${", "}", "${A}", "::", ":", "/", "*", "?", ",", " ", "\"", "\u{0}", "é", "-", "e", "(", ")", "%", "arn:aws:",
        "\n", "[", "{",
    ]
}
