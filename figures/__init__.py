"""The figures, one module each, holding one `FIGURE`; found through entry points, never imported by the package."""
