"""The hash of the code that made a figure: it changes when what the code does can have changed, and only then."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path


def hash_sources(root: Path, patterns: Iterable[str]) -> dict[str, str]:
    """Hash every file that one of the patterns matches.

    Args:
        root: Folder that the patterns start from.
        patterns: Globs such as `src/limen/stats/**/*.py`.

    Returns:
        Path below the root to twelve hexadecimal digits, sorted by path.

    Raises:
        FileNotFoundError: A pattern matches nothing, so that the figure would depend on less than was meant.
    """
    files: set[Path] = set()
    for pattern in patterns:
        matched = {path for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
        if not matched:
            raise FileNotFoundError(f"no file matches the source pattern {pattern!r}")
        files |= matched
    return {path.relative_to(root).as_posix(): hash_file(path) for path in sorted(files)}


def hash_file(path: Path) -> str:
    """Twelve hexadecimal digits for a file: of Python its meaning, of anything else its bytes.

    Args:
        path: The file.
    """
    content = path.read_bytes()
    return _hash_python(content) if path.suffix == ".py" else hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=1024)
def _hash_python(content: bytes) -> str:
    # Many figures depend on the same files, and taking one apart takes far longer than reading it.
    return hashlib.sha256("\n".join(_meaning(ast.parse(content))).encode()).hexdigest()[:12]


def _meaning(node: ast.AST) -> Iterator[str]:
    # Not ast.dump, whose text differs between versions of Python. Comments, layout and docstrings are no reason to
    # spend hours again.
    yield f"({type(node).__name__}"
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            value = [statement for statement in value if not _is_text_alone(statement)]
        if isinstance(value, ast.AST):
            yield name
            yield from _meaning(value)
        elif isinstance(value, list):
            if value:
                yield f"{name}["
            for item in value:
                yield from _meaning(item) if isinstance(item, ast.AST) else (repr(item),)
        elif value is not None and name not in {"kind", "type_comment"}:
            yield f"{name}={value!r}"
    yield ")"


def _is_text_alone(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
