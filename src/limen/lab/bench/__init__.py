"""The planted suite: files whose label is measured transfer, and every detector scored on them."""
