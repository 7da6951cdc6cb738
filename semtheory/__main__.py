"""`python -m semtheory` is the command line."""

from semtheory.cli import main

if __name__ == "__main__":
    main()
