"""The rules of the content aggregation model, each one function with its clause. `catalogue` is the door."""
