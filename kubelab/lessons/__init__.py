"""The lessons: goals, questions, exercises, checks and hints, in Korean and English.

A lesson is one file in `sources/`: both languages' text and the code once. `source` reads it into the values of
`lesson`, `build` writes the notebooks from it, and `book` answers a notebook's `lab.predict`, `recall`, `check`, `hint`
and `solution`. What a check looks at is in `checks` (objects and traffic, never printed text), what it says in `words`.
"""
