"""Personal data in a text, as Presidio's analyzer recognises them (extra: presidio).

Presidio's own engine downloads a spaCy model that is not there, and its recogniser of e-mail addresses fetches a list
of domains at the first address. Neither happens here: the engine is given a pipeline that is installed or one without
any model, and that recogniser the list that its package ships.

Without a model the words of a text still count as context, such as "passport" in front of a number; names and places
are not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from limen.before.check.find_secrets import Found
from limen.core import MissingExtraError, UsageError

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

PATTERNS = "patterns"
"""In place of a spaCy model's name: Presidio's patterns and checksums alone."""

LEAST_SCORE = 0.4
"""Presidio's score from which a match counts: what a pattern alone makes likely, or a weak one beside a word for it."""

LEFT_OUT = frozenset(("DATE_TIME", "NRP", "ORGANIZATION", "URL", "UUID"))
"""What Presidio recognises and is no person's datum by itself."""

_LONGEST = 100_000  # characters; spaCy refuses a text of ten times as many
_LANGUAGE = "en"


class PresidioFinder:
    """Finds personal data with one analyzer.

    Args:
        analyzer: Of Presidio, or anything that recognises likewise.
        language: Whose recognisers are asked.
    """

    def __init__(self, analyzer: AnalyzerEngine, language: str) -> None:
        self._analyzer = analyzer
        self._language = language
        self._entities = sorted(set(analyzer.get_supported_entities(language)) - LEFT_OUT)

    def find(self, text: str) -> list[Found]:
        """Every personal datum in a text, in order; of two that overlap the more certain one.

        Args:
            text: Any text.
        """
        found: list[Found] = []
        for start, piece in _pieces(text):
            results = self._analyzer.analyze(
                piece, self._language, entities=self._entities, score_threshold=LEAST_SCORE
            )
            taken: list[Any] = []
            for one in sorted(results, key=lambda r: (-r.score, r.start - r.end, r.start, r.entity_type)):
                if all(one.end <= other.start or other.end <= one.start for other in taken):
                    taken.append(one)
            found += [
                Found(start + one.start, start + one.end, one.entity_type.replace("_", " ").lower())
                for one in sorted(taken, key=lambda r: r.start)
            ]
        return found


@lru_cache(maxsize=2)
def presidio_finder(model: str) -> PresidioFinder:
    """A finder, made once for all rules of a process.

    Args:
        model: An installed spaCy model, whose language is then that of the recognisers; or `patterns` for none.

    Raises:
        MissingExtraError: Presidio is not installed.
        UsageError: There is no such model.
    """
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, LemmaContextAwareEnhancer
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError as error:
        raise MissingExtraError("presidio-analyzer", "presidio") from error
    if model == PATTERNS:
        pipeline = _without_model()
    elif spacy.util.is_package(model):
        pipeline = spacy.load(model)
    else:
        installed = ", ".join(sorted(spacy.util.get_installed_models())) or "none"
        raise UsageError(
            f"the spaCy model {model!r} is not installed; Limen downloads none.",
            remedy=f"Install it, or write presidio = {PATTERNS!r}. Installed: {installed}.",
        )

    class Loaded(SpacyNlpEngine):
        """An engine with a pipeline that it does not load itself, and so never downloads."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {pipeline.lang: pipeline}

    analyzer = AnalyzerEngine(
        nlp_engine=Loaded(),
        supported_languages=[pipeline.lang],
        # By default "lic" would be found in "public", and make a driving licence of a number beside it
        context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
    )
    _stay_offline(analyzer, pipeline.lang)
    return PresidioFinder(analyzer, pipeline.lang)


def _without_model() -> Any:
    """A pipeline that cuts a text into words and knows nothing of them; their lower case stands for their base form."""
    import spacy
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("limen_lower_case")
    def lower_case(doc: Doc) -> Doc:
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    pipeline = spacy.blank(_LANGUAGE)
    pipeline.add_pipe("limen_lower_case")
    return pipeline


def _stay_offline(analyzer: AnalyzerEngine, language: str) -> None:
    """Put a recogniser of e-mail addresses in the place of Presidio's that fetches no list of domains."""
    from presidio_analyzer.predefined_recognizers import EmailRecognizer
    from tldextract import TLDExtract

    domains = TLDExtract(cache_dir=None, suffix_list_urls=())

    class Offline(EmailRecognizer):
        """Presidio's recogniser, with the list of domains that its package ships."""

        def validate_result(self, pattern_text: str) -> bool:
            """Whether the domain may be one."""
            return domains(pattern_text).fqdn != ""

    analyzer.registry.remove_recognizer("EmailRecognizer")
    analyzer.registry.add_recognizer(Offline(supported_language=language))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces that spaCy takes, cut at white space where there is any; with where each begins."""
    start = 0
    while len(text) - start > _LONGEST:
        cut = max(text.rfind(space, start, start + _LONGEST) for space in ("\n", " "))
        end = cut if cut > start else start + _LONGEST
        yield start, text[start:end]
        start = end
    yield start, text[start:]
