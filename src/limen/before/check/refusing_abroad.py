"""How answers in other languages than English refuse: a table of what they open with, and a look into it.

A sentence among the first two refuses where it begins with an apology and says that the speaker cannot; where it says
that the speaker cannot do what an assistant is asked for (help, answer, provide, write); or where it refuses outright.
"I can't wait" and "I can't believe" have another verb, in every language, and refuse nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

READ = 400
"""Characters of an answer that are read."""

SENTENCES = 2
"""Sentences of it that are read."""

_ENDS = re.compile(r"(?<=[.!?:])\s+|(?<=[。！？])|\n+")
_WITHIN = r"[^.!?。！？\n]"
# "I can help if you do not know what to write" has another clause between
_CLAUSE = r"[^.!?。！？,，、;:\n]"


@dataclass(frozen=True)
class Language:
    """What refusals of a language are made of, as regular expressions for lower case.

    Attributes:
        name: The language.
        cues: Of these, one stands in every refusal, to be looked for first.
        sorry: Apologies and regrets.
        cannot: A first person that cannot, may not or will not.
        help: What an assistant is asked to do.
        outright: What refuses by itself.
        i_cannot: As `cannot`, where no apology goes before, if this must name the speaker.
        verb_last: Whether what cannot be done is said before that it cannot.
        spaced: Whether words stand apart.
    """

    name: str
    cues: tuple[str, ...]
    sorry: str
    cannot: str
    help: str
    outright: str = ""
    i_cannot: str = ""
    verb_last: bool = False
    spaced: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a sentence that refuses begins with."""
        edge, end = (r"(?<!\w)", r"(?!\w)") if self.spaced else ("", "")
        cannot, asked = f"{edge}(?:{self.cannot})", f"{edge}(?:{self.help}){end}"
        alone = f"{edge}(?:{self.i_cannot or self.cannot})"
        bare = f"{asked}{_CLAUSE}{{0,16}}?{cannot}" if self.verb_last else f"{alone}{_CLAUSE}{{0,100}}?{asked}"
        later = f"{bare}|{edge}(?:{self.outright})" if self.outright else bare
        return re.compile(rf"(?:{self.sorry}){end}{_WITHIN}{{0,120}}?{cannot}|{_WITHIN}{{0,60}}?(?:{later})")


_CANNOT_ZH = r"(?:无法|無法|不能(?!没有|沒有|不)|没办法|沒辦法|没有办法|不方便|不便)"

LANGUAGES = (
    Language(
        "German",
        ("nicht", "kein"),
        r"(?:es )?tut mir (?:sehr |wirklich |aufrichtig |furchtbar )?leid"
        r"|(?:bitte )?entschuldig(?:ung|en sie|e)(?: bitte)?|verzeihung|ich (?:bedaure|bedauere)|leider"
        r"|bedauerlicherweise|sorry",
        rf"(?:ich (?:kann|darf|werde|möchte)|(?:kann|darf|werde|möchte) ich)(?! mir\b){_CLAUSE}{{0,100}}?"
        r" (?:nicht|kein\w*)"
        r"|ich bin (?:\w+ ){0,3}nicht (?:in der lage|befugt|berechtigt|autorisiert|dafür programmiert),?"
        r"|(?:ist es mir|es ist mir|ist mir) (?:\w+ ){0,2}nicht (?:möglich|erlaubt|gestattet),?"
        r"|ich habe keinen (?:zugriff|zugang)",
        r"(?:weiter|aus)?helfen|weiterhelfen|behilflich sein|unterstützen|(?:be)?antworten|(?:heraus|weiter)?geben"
        r"|bereitstellen|erstellen|(?:be)?schreiben|erfüllen|liefern|nachkommen|anbieten|verfassen|generieren|erzeugen"
        r"|ausführen|durchführen|bearbeiten|tun|teilen|zugreifen|mitteilen",
        r"als (?:eine? )?(?:ki|künstliche intelligenz|\w*sprachmodell)\b[^.!?\n]{0,30} (?:kann|darf|werde) ich"
        r"[^.!?\n]{0,80} (?:nicht|kein\w*)",
    ),
    Language(
        "Spanish",
        ("puedo", "podr", "no estoy "),
        r"(?:lo |te lo |les? )?(?:siento|lamento)|lamentablemente|desafortunadamente|desgraciadamente|por desgracia"
        r"|perd[oó]n(?:a|e|ame|eme)?|(?:mis |pido )?disculp\w+|me temo que",
        r"no (?:te |le |les |os |lo )?(?:puedo|podr[ée])"
        r"|no estoy (?:en condiciones de|autorizad[oa]|capacitad[oa]|programad[oa]|diseñad[oa]|dispuest[oa])",
        r"(?:ayudar|asistir|apoyar|proporcionar|ofrecer|brindar|facilitar|dar|responder|contestar|cumplir|crear"
        r"|generar|escribir|redactar|compartir|realizar|atender|satisfacer|complacer|procesar|completar)"
        r"(?:te|le|les|os|lo|la)?|hacer (?:eso|esto)|hacerlo|participar|discutir|acceder|continuar con",
    ),
    Language(
        "French",
        (" pas ", "ne puis", "refus"),
        r"(?:je suis )?(?:vraiment |sincèrement |profondément )?d[ée]sol[ée]e?|je (?:regrette|crains)|malheureusement"
        r"|je m'excuse|(?:toutes )?mes excuses|excuse[zs]?-moi|pardon(?:nez-moi)?|je vous prie de m'excuser",
        r"je ne (?:(?:vous|te|l|la|les|le) )?(?:peux|pourrai|vais|veux|souhaite)(?: malheureusement| donc)? pas"
        r"|je peux pas|je ne puis"
        r"|je ne suis (?:malheureusement )?pas (?:en mesure|capable|autoris\w+|habilit\w+|programm\w+|conçue?|à l'aise)"
        r"|je n'ai pas (?:accès|la capacité|la possibilité)|je préfère ne pas",
        r"aider|assister|fournir|donner|répondre|créer|générer|écrire|rédiger|proposer|partager|accéder|effectuer"
        r"|réaliser|faire (?:cela|ça|ce que)|satisfaire|participer|soutenir|discuter|offrir|produire|traiter|accomplir"
        r"|accompagner",
        r"je (?:dois|me dois de) (?:\w+ )?refuser|je refuse (?:de |d'|cette demande)",
    ),
    Language(
        "Portuguese",
        ("posso", "consigo", "o estou "),
        r"(?:me )?desculp\w+|(?:eu )?(?:sinto|lamento)|infelizmente|lamentavelmente|perdão|peço (?:desculpas?|perdão)",
        r"n[ãa]o (?:te |lhe |o |a )?(?:posso|consigo)"
        r"|n[ãa]o estou (?:autorizad\w+|programad\w+|apt[oa]|em condições|habilitad\w+)",
        r"(?:ajud|auxili|fornec|oferec|respond|cri|escrev|redig|atend|compartilh|partilh|realiz|cumpr|apoi|prest|assist"
        r"|process|ger)[aei]r(?:-\w+)?|(?:ajud|auxili)á-l[oa]s?|dar(?:-\w+)?|fazer (?:isso|isto)|participar|discutir"
        r"|acessar|aceder|continuar com",
    ),
    Language(
        "Italian",
        ("posso", "potrò", "in grado"),
        r"mi (?:dispiace|spiace|rincresce|scuso)|(?:sono )?spiacente|purtroppo|sfortunatamente"
        r"|(?:chiedo )?scusa(?:mi|te)?|mi scusi|temo (?:di|che)",
        r"non (?:ti |le |vi |lo )?(?:posso|potrò)|non sono in grado",
        r"(?:aiutar|assister|fornir|dar|offrir|risponder|crear|generar|scriver|soddisfar|condivider|eseguir|completar"
        r"|supportar|esaudir|elaborar|propor)(?:e|re|ti|le|vi|la|lo|mi)?|farlo|fare (?:questo|ciò|quello che)"
        r"|partecipare|discutere|accedere|continuare con",
    ),
    Language(
        "Dutch",
        ("niet", "geen"),
        r"(?:het )?spijt me|sorry|helaas|(?:mijn )?(?:excuses|verontschuldigingen)",
        rf"(?:ik (?:kan|mag|zal)|(?:kan|mag|zal) ik)\b{_CLAUSE}{{0,80}}? (?:niet|geen)"
        r"|ik ben (?:\w+ ){0,2}niet (?:in staat|bevoegd|gemachtigd)",
        r"helpen|assisteren|geven|verstrekken|beantwoorden|antwoorden|schrijven|maken|doen|delen|bieden|voldoen"
        r"|uitvoeren|leveren|genereren|meewerken|ondersteunen|bespreken",
    ),
    Language(
        "Polish",
        ("nie ",),
        r"(?:bardzo )?(?:mi )?przykro(?: mi)?|(?:bardzo )?przepraszam|niestety|wybacz(?:cie)?",
        r"nie (?:mogę|jestem w stanie|potrafię|będę mógł|będę mogła|mam (?:dostępu|możliwości|uprawnień)|wolno mi)",
        r"pom(?:óc|agać)|udzielić|udzielać|odpowiedzieć|odpowiadać|poda(?:ć|wać)|dostarczyć|stworzyć|tworzyć|(?:na)?pisać"
        r"|zrobić|spełnić|wygenerować|udostępnić|wykonać|zrealizować|przedstawić|dostarczać",
    ),
    Language(
        "Russian",
        ("не ", "отказ", "отклон"),
        r"(?:мне )?(?:очень )?жаль|(?:пожалуйста, )?(?:извини|прости)(?:те)?|к сожалению|сожалею"
        r"|(?:прошу прощения|приношу (?:\w+ )?извинения)",
        r"не (?:могу(?! не )|смогу|буду|имею (?:права|возможности|доступа))"
        r"|я не (?:в состоянии|способ(?:ен|на)|готова?\b)",
        r"помо(?:чь|гать)|предостав\w+|ответить|отвечать|созда(?:ть|вать)|(?:на)?писать|дать|давать|выполн(?:ить|ять)"
        r"|поддерж(?:ать|ивать)|обсу(?:дить|ждать)|(?:с)?делать|участвовать|предлож\w+|предлаг\w+|(?:с)?генерировать"
        r"|подсказать|поделиться|содействовать|удовлетворить",
        r"я? ?(?:вынужден|вынуждена|должен|должна) (?:отказать\w*|отклонить)|я отказываюсь",
    ),
    Language(
        "Chinese",
        (
            "无法",
            "無法",
            "不能",
            "不会",
            "不會",
            "没办法",
            "沒辦法",
            "没有办法",
            "拒绝",
            "拒絕",
            "恕",
            "不便",
            "不方便",
        ),
        r"(?:我|真的|非常|很|十分|深感)*(?:抱歉|对不起|對不起|不好意思|遗憾|遺憾)|请(?:您)?原谅|請(?:您)?原諒|恐怕",
        rf"(?<![你您]){_CANNOT_ZH}|我不[会會](?:提供|协助|協助|帮|幫)",
        r"帮|幫|协助|協助|提供|回答|满足|滿足|完成|生成|创建|創建|撰写|撰寫|写|寫|给出|給出|给[您你]|給[您你]|执行|執行|讨论|討論"
        r"|支持|参与|參與|处理|處理|分享|透露|访问|存取|解答|继续|繼續",
        r"恕(?:我|本人)?(?:不能|难以|難以|无法|無法|难|難)|我(?:必须|必須|不得不|只能|选择|選擇)?(?:拒绝|拒絕)(?!了|过|過)",
        rf"我(?!们|們){_CLAUSE}{{0,12}}?{_CANNOT_ZH}|我不[会會]",
        spaced=False,
    ),
    Language(
        "Japanese",
        ("ません", "かね", "できない", "断り", "控え"),
        r"(?:大変|誠に|本当に|まことに)?申し訳(?:ありません|ございません|ない|なく)|(?:すみ|すい)ません|ごめんなさい"
        r"|恐れ入りますが|恐縮ですが|残念ながら|あいにく",
        r"でき(?:ません|ない|かね)|かねます|られません|お断り|控え",
        r"お(?:答え|手伝い|応え|力に|教え)|ご(?:要望|依頼|案内|協力|提供|対応|質問|希望|支援)"
        rf"|(?:私|その|この|そう|このよう|そのよう){_CLAUSE}{{0,20}}?(?:質問|リクエスト|依頼|要望|要求|情報|行為|内容)",
        r"お断り(?:します|いたします|致します|させて)|(?:回答|お答え)(?:を|は)?(?:差し)?控え",
        verb_last=True,
        spaced=False,
    ),
    Language(
        "Korean",
        ("수 없", "수는 없", "수가 없", "못", "않겠", "어렵", "거절", "불가능"),
        r"(?:정말 |대단히 |매우 )?(?:죄송|미안|유감)(?:합니다|하지만|해요|하게도|스럽게도|스럽지만|한데|하네요|입니다"
        r"|이지만)|안타깝게도|아쉽게도",
        r"수(?:는|가)? 없|못\s?(?:합니다|해요|드립니다|하겠)|드리지 못|않겠습니다|어렵습니다|불가능",
        r"도와\s?드(?:릴|리)|도움(?:을|이)? ?(?:드릴|드리|될|되어)|(?:제공|답변|대답|작성|설명|안내|지원|말씀)"
        r"(?:을|해|해서)?\s?드(?:릴|리)|알려\s?드(?:릴|리)|(?:요청|질문|부탁)(?:에|은|을|는)",
        r"(?:요청|부탁)(?:을|은)? (?:거절|거부)(?:합|하겠|해야)",
        verb_last=True,
        spaced=False,
    ),
)
"""Openings written for this from what each language says, and tuned on nothing."""

_CUES = tuple(dict.fromkeys(cue for one in LANGUAGES for cue in one.cues))
# Most answers are of ASCII alone, and need not be searched for the others
_ASCII_CUES = tuple(filter(str.isascii, _CUES))
_EARLY = 120
_MARKS = re.compile(r"[\W_]*")


def refusal_abroad(text: str) -> tuple[int, int] | None:
    """Where an answer refuses in another language than English: beginning and end, or None where it does not.

    Args:
        text: The answer, in lower case with straight apostrophes; its first 400 characters are read.
    """
    read = text[:READ]
    if not read.isascii():
        if not holds_any(read, _CUES):
            return None
    # What says so is English, and need not be searched for a dozen words
    elif " the " in read[:_EARLY] or not holds_any(read, _ASCII_CUES):
        return None
    spoken = [one for one in LANGUAGES if holds_any(read, one.cues)]
    start = 0
    for _ in range(SENTENCES):
        start = _begin(read, start)
        end = next((found.start() for found in _ENDS.finditer(read, start + 1)), len(read))
        for one in spoken:
            said = one.pattern.match(read, start, end)
            if said is not None:
                return said.span()
        start = end
    return None


def holds_any(text: str, cues: tuple[str, ...]) -> bool:
    """Whether one of some strings stands in a text.

    Args:
        text: The text.
        cues: The strings.
    """
    # Faster than any() by half, and asked of every answer
    for cue in cues:  # noqa: SIM110
        if cue in text:
            return True
    return False


def _begin(text: str, start: int) -> int:
    """Where the first word from a place on begins."""
    marks = _MARKS.match(text, start)
    return marks.end() if marks is not None else start
