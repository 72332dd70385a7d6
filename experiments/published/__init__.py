"""Published questions: what was asked, the tables that answered it, and whether the same comes out again."""
