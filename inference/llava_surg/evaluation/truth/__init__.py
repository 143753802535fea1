"""Does a reply assert what nobody saw? Questions that test truthfulness, by the product's own path."""
