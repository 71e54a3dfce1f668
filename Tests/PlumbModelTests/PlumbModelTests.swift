// The words of the product, by themselves.
