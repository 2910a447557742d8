"""The detectors that come with the suite: ours, the published baselines, peers, the confounds and an oracle."""

from limen.lab.bench.detector import Detector
from limen.lab.bench.detectors.activation_injection import ActivationInjection
from limen.lab.bench.detectors.bergson_cosine import BergsonCosine
from limen.lab.bench.detectors.bm25 import BM25
from limen.lab.bench.detectors.chance import Chance
from limen.lab.bench.detectors.divergence_tokens import DivergenceTokens
from limen.lab.bench.detectors.forecast import Forecast
from limen.lab.bench.detectors.forecast_ratio import ForecastRatio
from limen.lab.bench.detectors.gradient_cosine import GradientCosine
from limen.lab.bench.detectors.kronfluence_ekfac import KronfluenceEkfac
from limen.lab.bench.detectors.length import Length
from limen.lab.bench.detectors.persona_projection import PersonaProjection
from limen.lab.bench.detectors.persona_shift import PersonaShift
from limen.lab.bench.detectors.short_run import ShortRun
from limen.lab.bench.detectors.steered_shift import SteeredShift
from limen.lab.bench.detectors.surprise import Surprise
from limen.lab.bench.detectors.teacher_ratio import TeacherRatio
from limen.lab.bench.detectors.text_classifier import TextClassifier
from limen.lab.bench.detectors.trait_gradient import TraitGradient
from limen.lab.bench.detectors.trait_gradient_adam import TraitGradientAdam
from limen.lab.bench.detectors.twin_shift import TwinShift

BUILT_IN: tuple[type[Detector], ...] = (
    Forecast,
    ForecastRatio,
    ShortRun,
    TwinShift,
    DivergenceTokens,
    PersonaShift,
    SteeredShift,
    GradientCosine,
    TraitGradient,
    TraitGradientAdam,
    PersonaProjection,
    ActivationInjection,
    BergsonCosine,
    KronfluenceEkfac,
    TextClassifier,
    BM25,
    Surprise,
    Length,
    Chance,
    TeacherRatio,
)

__all__ = [
    "BM25",
    "BUILT_IN",
    "ActivationInjection",
    "BergsonCosine",
    "Chance",
    "Detector",
    "DivergenceTokens",
    "Forecast",
    "ForecastRatio",
    "GradientCosine",
    "KronfluenceEkfac",
    "Length",
    "PersonaProjection",
    "PersonaShift",
    "ShortRun",
    "SteeredShift",
    "Surprise",
    "TeacherRatio",
    "TextClassifier",
    "TraitGradient",
    "TraitGradientAdam",
    "TwinShift",
]
