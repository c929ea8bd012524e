"""Pages as people with all kinds of eyes, hands and programs meet them."""
