"""Pages for people: templates, one style sheet, and what turns views into them."""
