// The shapes of JSON that prices are published in, as far as they matter here.

import Foundation

/// A value, or nil where something else stands in its place: one odd entry makes no file unreadable.
struct Lenient<Value: Decodable>: Decodable {
    var value: Value?
    init(from decoder: any Decoder) throws {
        // What does not fit is counted by whoever asked for it.
        value = try? decoder.singleValueContainer().decode(Value.self)
    }
}

/// What `GetProducts` and the bulk files hold.
enum PriceShapes {
    // The members are called as AWS calls them.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Answer: Decodable {
        var PriceList: [Element]
    }

    /// A product, or the text of one; nil when it is neither.
    struct Element: Decodable {
        var product: PricedProduct?

        init(text: String) {
            // Told with what was left out.
            product = try? JSONDecoder().decode(PricedProduct.self, from: Data(text.utf8))
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Not a text is a product as it is.
            if let text = try? container.decode(String.self) {
                product = Element(text: text).product
            } else {
                // What is no product is counted as not readable.
                product = try? container.decode(PricedProduct.self)
            }
        }
    }

    struct PricedProduct: Decodable {
        var product: Product
        var terms: Terms?
        var publicationDate: String?
    }

    struct Product: Decodable {
        var attributes: Attributes
    }

    /// Those that say what a product is.
    struct Attributes: Decodable {
        var component: String?
        var regionCode: String?
        var instanceName: String?
        var instanceType: String?
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Terms: Decodable {
        var OnDemand: [String: Offer]?
    }

    struct Offer: Decodable {
        var priceDimensions: [String: Dimension]
    }

    struct Dimension: Decodable {
        var unit: String
        var pricePerUnit: [String: String]
    }

    /// The file of all products with the terms beside them.
    struct Bulk: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct Terms: Decodable {
            var OnDemand: [String: Lenient<[String: Offer]>]?
        }
        var publicationDate: String?
        var products: [String: Lenient<Product>]
        var terms: Terms
    }

    struct Wrapped: Decodable {
        var regions: [String: [String: Lenient<Double>]]
    }
}
