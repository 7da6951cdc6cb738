"""The figures, one module each; found through entry points, never imported by the package."""
