"""How devices speak: profiles as data, and the decoder that reads them."""
