"""The command line: one file a command, no logic. Nothing is handed on here, so that `limen --help` stays quick."""
