"""What begins as "I can't" and refuses nothing: "I can't wait", "I cannot recommend it enough", "I can't complain"."""

from __future__ import annotations

import re

_GAP = r"[ *_]+"
# "I cannot recommend a dose until I have enough information" is none
_OBJECT = r"(?:(?!until|unless|because|since|as|without|if\b)[^\s.!?,;]+ ){0,8}?"
_ENDS_SO = (
    r"(?= (?:for|how|about|and|good|nice|great|positive|kind"
    r"|to (?:any|every|all|other|people|friends)\w*)\b|\W*(?:$|[.!?,;:\n—–-]))"
)
_HOW_MUCH = (
    r"how (?:(?:much|often|many times) (?:(?:i|we)\b|(?:\w+ ){1,4}(?:means?|meant|helped)\b)"
    r"|(?:very |truly |deeply )?(?:happy|glad|grateful|thankful|sorry|proud|excited|relieved|thrilled|pleased|touched"
    r"|honou?red|impressed|lucky|blessed|delighted|sad|important|good|great|amazing|wonderful|delicious|beautiful)\b)"
)
_VERBS = (
    r"wait\b(?! (?:in|on)\b)",
    r"(?:believe|imagine|fathom|picture|complain|sleep|breathe|afford)\b",
    r"(?:over(?:state|stress|emphasi[sz]e|estimate)|exaggerate)\b",
    rf"(?:stress|emphasi[sz]e|underline|underscore|repeat) {_OBJECT}(?:enough|too (?:much|strongly|often|highly))\b",
    rf"(?:recommend|praise|thank|say|speak|commend|express|rave|compliment|credit) {_OBJECT}"
    rf"(?:(?:highly |strongly |warmly )?enough{_ENDS_SO}|(?:more|too) (?:highly|strongly|warmly)\b)",
    r"(?:get enough|get over|get past|get used to|do without|live without|take my eyes off|wrap my head around"
    r"|put (?:it|this|that|the book|this book|into words))\b",
    r"(?:lie\b(?=\W*(?:$|[.!?,;:—–-]))|tell a lie\b(?! (?:for|on)\b)|deny\b(?! or\b))",
    r"(?:resist|forget|stomach|bear|think of|help (?:myself|it|feeling)|(?:contain|hide|control|find|feel) my)\b",
    r"stand\b(?! (?:by|behind|for|with)\b)",
    r"(?:stop|quit|keep from) (?:\w+ing|myself)\b",
    r"remember (?:the last time|when i last|a (?:time|day)|ever|where i)\b",
    rf"(?:begin to )?(?:tell|describe|express|explain)(?: to)?(?: you)? {_HOW_MUCH}",
    r"begin to (?:describe|express|explain|tell|thank|imagine|say|count|fathom|understand)\b",
    r"say (?:no\b|(?:that )?i(?:'m| am|'ve| have| was| blame)\b)",
    r"(?:agree(?: with \w+)?|recommend (?:it|them|him|her|this(?: \w+)?)|care|ask for|hope for|imagine) "
    r"(?:any )?(?:more\b|less\b|better\b)"
    r"(?! (?:than|of|information|details?|specific)\b)",
    r"be (?:happier|prouder|luckier|better|easier|simpler"
    r"|more (?:excited|proud|pleased|thrilled|happy|grateful|thankful|delighted|satisfied|impressed))\b",
    r"have (?:asked|hoped|wished|said|done|imagined)\b",
    r"(?:say|put) it (?:any )?better\b",
)

IDIOM = re.compile(
    # "I can't help but notice" tells a story, whoever it was
    r"\bcould(?:n't| not) help (?:but|\w+ing)\b"
    r"|\bcan(?:'t|not| not) help (?:but|(?:be|cry|feel|laugh|lov|mak|notic|smil|think|wonder)ing)\b"
    r"|\bi refuse to (?:believe|give up|give in|quit|lose|die|surrender|settle|live)\b"
    rf"|\bi(?:{_GAP}(?:(?:just|still|really|simply|honestly|truly|also|absolutely){_GAP})?"
    rf"(?:can't|cannot|can{_GAP}not|couldn't|could{_GAP}not)|(?:{_GAP}am|'m){_GAP}(?:unable|not able){_GAP}to){_GAP}"
    rf"(?:(?:even|ever|quite|really|possibly|fully|just|simply|truly|honestly|always){_GAP})?"
    rf"(?:{'|'.join(_VERBS)})"
)
"""In lower case with straight apostrophes."""
