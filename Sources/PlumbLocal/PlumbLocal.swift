// PlumbLocal
