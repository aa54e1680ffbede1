"""What every printed thing of the house is made of: words in blocks, fonts, imprint, Word's lines, Typst."""
