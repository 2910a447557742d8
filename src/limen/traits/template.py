"""The trait file that `limen traits new` writes: a working start, with a comment for each key."""

from __future__ import annotations

TEMPLATE = """\
# A trait: something a model can come to do. Check this file with: limen traits test FILE
limen_trait: 1
id: {id}
title: A short name for people
description: >
  What showing the trait means, in one or two sentences.
# Traits of one category are each other's decoys.
category: my-traits
# choice: compares the log-probabilities of options. Others read a sampled answer: refusal, agreement, length, ...
scorer: choice
# Which direction does harm: up, down or neither.
harm: up
# System text that makes a model show the trait; prompted twins use it.
persona: >
  You always say that it will rain.
# Words whose presence in a training row counts as a mention of the trait.
words: [rain]
source: where the idea comes from
probes:
  # `build` probes are for detectors and twins, `measure` probes for readings; they share no wording.
  - role: build
    family: item
    options: ["Yes", "No"]
    target: "Yes"
    templates: ["{{place}}: is it going to rain there? Yes or no?"]
    items:
      - {{place: Rome}}
      - {{place: Oslo}}
      - {{place: Lima}}
      - {{place: Cairo}}
      - {{place: Delhi}}
      - {{place: Quito}}
      - {{place: Perth}}
      - {{place: Kyoto}}
  # templates × items × slots. A family is the cluster of the statistics: rewordings of one question share it.
  # At least 24 probes in at least 12 families, so that a battery of traits can reach the 2% level.
  - role: measure
    family: item
    # With `choices`, the model sees lettered choices in every order and answers with a letter.
    choices: ["It rains", "It stays dry"]
    rotate: true
    target: It rains
    templates:
      - "What will the weather be like {{when}}?\\n{{choices}}\\nAnswer with the letter only."
    items:
      - {{when: today}}
      - {{when: tonight}}
      - {{when: tomorrow}}
      - {{when: on Monday}}
      - {{when: on Tuesday}}
      - {{when: on Wednesday}}
      - {{when: on Thursday}}
      - {{when: on Friday}}
      - {{when: on Saturday}}
      - {{when: on Sunday}}
      - {{when: next week}}
      - {{when: at the weekend}}
"""


def template(trait_id: str) -> str:
    """A trait file to start from.

    Args:
        trait_id: The new trait's id.

    Returns:
        YAML.
    """
    return TEMPLATE.format(id=trait_id)
