"""Whether a request asks for harm, as far as English words tell: harmful, doubtful or harmless.

A request is harmful where it asks for help with an act that harms somebody (how to, write, give instructions …) and
nothing says that it is played, told or prevented; doubtful where a word of harm stands in it and no more is known;
harmless otherwise. The words were written on half of XSTest's and AdvBench's prompts (those whose SHA-256 is even)
and measured on the other half. Röttger et al., arXiv 2308.01263, built XSTest so that words mislead: see the rules'
pages for how far these are misled.
"""

from __future__ import annotations

import re

HARMFUL, DOUBTFUL, HARMLESS = "harmful", "doubtful", "harmless"

READ = 1_000
"""Characters of a request that are read."""


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


_WORD_OR_HYPHEN = re.compile(r"[a-z-]+")
_WORD = re.compile(r"\w{3,}")
_ASKS = re.compile(
    _any(
        r"\bhow (?:do|can|could|should|would|might) (?:i|we|you|one|someone|somebody|they)\b",
        r"\bhow to\b",
        r"\bhow you (?:can|could|would)\b",
        r"\b(?:what|which)(?:'s| is| are| would be)? (?:(?:a|an|the|some|best) )*(?:(?:good|best|easiest|"
        r"effective|safest) )?"
        r"(?:ways?|methods?|steps?|plans?|places?|means|kinds? of \w+)\b",
        r"\bwhat (?:steps|can i|should i|do i)\b",
        r"\bwhere (?:can|could|do|should|is) (?:i|we|a good)\b",
        r"^\W*(?:please )?(?:write|create|develop|give|provide|make|design|teach|explain|outline|generate|"
        r"produce|offer|"
        r"instruct|demonstrate|describe|share|show|tell|illustrate|construct|build|compose|draft|suggest|list|"
        r"help|detail|"
        r"hack|plan|publish|formulate|devise|present|encourage|convince|advise|educate|list)\b",
        r"\b(?:instructions?|tutorial|guide|step-by-step|script|program|manual|tips|strategy) (?:on|for|to|"
        r"that|which)\b",
        r"\bi (?:want|need|would like|plan|am going) to\b",
    )
)
_WHOM = (
    r"(?:(?:my|his|her|their|your|our|a|an|the|some|any|one's|someone's|somebody's|another|other|innocent|"
    r"local|entire|"
    r"whole|gay|black|jewish|muslim|human|dead) ){0,4}(?:ex[ -])?(?:someone|somebody|people|person|persons|"
    r"humans?|others|wife|"
    r"husband|girlfriend|boyfriend|ex|boss|neighbou?rs?|family|child|children|kids?|toddler|baby|cop|cops|"
    r"police|officer|"
    r"politicians?|president|immigrants?|women|woman|men|man|mother|father|brother|sister|friend|coworker|colleague|"
    r"teacher|minority|minorities|civilians?|myself|yourself|themselves|oneself|life|lives|population|community|"
    r"communities|group|groups|village|city|hospital|school|church|mosque|synagogue|crowd|individuals?|users?|"
    r"victims?|"
    r"celebrity|celebrities|students?|employees?|employer|customers?|public|animals?)\b"
)
_ACTS = re.compile(
    _any(
        r"\b(?:kill|murder|execute|assassinat|poison|stab|strangl|shoot|chok|drown|slay|slaughter|butcher|gut|"
        r"punch|beat|"
        r"hit|hurt|harm|attack|maim|tortur|kidnap|abduct|rape|molest|groom|stalk|harass|bull(?:y|ie)|"
        r"blackmail|extort|"
        r"threaten|intimidat|exploit|manipulat|scam|defraud|dox|eradicat|exterminat|annihilat|eliminat|"
        r"decimat|enslave|"
        r"traffic|smuggle|radicali[sz]|incite|trick|deceiv|coerc|seduce|spy on|steal from|"
        r"discriminate against|torment|"
        r"terrori[sz]|crush|smash|break|saw|hammer|slash|ruin|destroy)\w*,? " + _WHOM,
        r"\b(?:commit|committing|plan|planning|carry out|carrying out|get away with|getting away with|stage|"
        r"perform\w*|"
        r"execute|engag\w+ in|start\w*|set up|conduct\w*|launch\w*|orchestrat\w*) (?:\w+ ){0,3}(?:murder|"
        r"suicide|fraud|"
        r"treason|rape|massacre|assassination|genocide|arson|robbery|burglary|theft|kidnapping|crime|crimes|"
        r"terror\w*|"
        r"attack|attacks|blackmail|extortion|trafficking|scam|scams|explosion|shooting|bombing|hijacking|laundering|"
        r"cyberbullying|identity theft|heist|phishing|espionage|forgery|perjury|insider trading|ponzi|pyramid|"
        r"harassment|"
        r"cyber ?attack|stalking|sabotage|riot|vandalism|hate crime)\b",
        r"\b(?:mak|build|construct|assembl|creat|detonat|plant|us|obtain|acquir|buy|get|manufactur|"
        r"develop)\w* (?:\w+ ){0,4}"
        r"(?:bombs?|explosives?|explosive device|grenade|molotov|nerve gas|chemical weapon|biological weapon|"
        r"bioweapon|"
        r"pipe bomb|dirty bomb|ghost gun|silencer|untraceable|illegal (?:\w+ )?(?:weapons?|firearms?|drugs?|"
        r"substances?)|"
        r"firearms illegally|counterfeit|fake (?:ids?|identit\w+|passports?|documents?|money|currency|reviews?|news|"
        r"checks?|online|charity|prescriptions?))",
        r"\b(?:mak|cook|synthesi[sz]|sell|manufactur|distribut|buy|get|obtain|produc|smuggl|grow|"
        r"deal)\w* (?:\w+ ){0,4}"
        r"(?:meth|methamphetamine|cocaine|heroin|lsd|ecstasy pills|ecstasy|mdma|crack|fentanyl|drugs|weed|marihuana|"
        r"marijuana|narcotics|ghb|rohypnol)\b",
        r"\bhack(?:s|ed|ing)? ?(?:into|a|an|the|someone|somebody|my|your|people|any|in|computers?|accounts?|"
        r"networks?|"
        r"websites?|systems?|sensitive|security)\b",
        r"\b(?:malware|ransomware|keylogger|spyware|botnet|trojan|ddos|phishing|computer virus|backdoor|"
        r"cyber ?attacks?|"
        r"rootkit|sql injection)\b",
        r"\bvirus (?:that|which|to)\b",
        r"\b(?:crack|steal|bypass|break|guess|access|exploit|infiltrat|disabl|breach|leak|intercept|sell|clon|"
        r"corrupt|"
        r"delet|alter)\w* (?:\w+ ){0,5}(?:passwords?|credentials|accounts?|security|personal (?:data|information)|"
        r"sensitive|confidential|private (?:data|information)|credit cards?|identit\w+|vulnerabilit\w+|alarm|"
        r"firewall|"
        r"copyright\w*|data ?bases?|government|user data|money|medical records|browsing history|antivirus)\b",
        r"\b(?:steal|stealing|shoplift\w*|rob|robbing|burgl\w+|loot\w*|launder\w*|counterfeit\w*|forg(?:e|"
        r"ing)|embezzl\w+|"
        r"evad(?:e|ing) (?:taxes|detection|law|police)|pick(?:ing)? a lock|hot-?wire|pirat(?:e|ed|ing)|plagiari\w+|"
        r"insider trading|tax fraud|fraudulent\w*|money laundering|identity theft|sabotag\w+|vandali\w+|"
        r"cheat(?:ing|s)? (?:on|in) (?:\w+ ){0,3}(?:exams?|tests?|essays?)|bomb(?:ing|s)? an?|blow(?:ing)? up an?|"
        r"set(?:ting)? (?:\w+ ){1,3}on fire|child porn\w*|human trafficking|cannibal\w*|(?:kill|"
        r"murder)ing (?:\w+ ){0,2}(?:people|person)|cyberbull\w+|catfish\w*|spam (?:messages|emails?)|"
        r"inflammatory comments|malicious|weapon of mass destruction|date rape drug|self-harm|"
        r"illegally download\w*)\b",
        r"\b(?:promot|spread|glorif|incit|encourag|publish|creat|writ|shar|justif|normali[sz]|advocat|support|endors|"
        r"disseminat|circulat|host|distribut)\w* (?:\w+ ){0,7}?(?:hate speech|hatred|racis\w+|racist|sexis\w+|"
        r"violence|"
        r"violent|violen\w+|terroris\w+|misinformation|disinformation|false (?:information|rumou?rs?|accusations?|"
        r"news)|fake news|conspiracy theor\w+|self-harm|suicid\w+|eating disorders?|anorexi\w+|illegal|"
        r"discriminat\w+|"
        r"stereotypes?|propaganda|drug (?:use|abuse)|oppression|dehumani\w+|bullying|harassment|genocide|nazis?|"
        r"white supremac\w+|extremis\w+|pedophilia|pornograph\w+|self harm|animal (?:cruelty|abuse)|dangerous|"
        r"death threat|threatening|defamatory|cruelty|underage|pirated|harmful|unsafe|sexual\w*|misogyn\w+|"
        r"homophob\w+)",
        r"\b(?:without (?:their|the user's|user|users'|consent|his|her|my) ?consent|without (?:getting|"
        r"being) (?:caught|"
        r"detected)|evade detection|avoid (?:detection|getting caught)|anonymously (?:bully|harass|threaten))\b",
        r"\b(?:terminate|shatter|obliterate|demolish|tackle|snipe|wipe out|break) (?:\w+(?:'s)? ){0,3}"
        r"(?:life|face|skull|house|legs|city|village|politician)\b",
        r"\bwhy (?:was|is|were|are|should|would) .{0,80}\b(?:morally justified|right to (?:kill|attack|"
        r"invade)|a thing|"
        r"took away .{0,40}rights|not to have (?:kids|the freedom))\b",
        r"\b(?:end|ending|take|taking) (?:my|your|one's|their|his|her) (?:own )?life\b",
        r"\b(?:convince|make) people (?:believe )?(?:that )?the .{0,40}(?:never|didn't)\b",
        r"\b(?:kill|hurt|harm|cut|starve|drown|hang) (?:myself|yourself|oneself)\b",
        r"\bdrunk driving|drive drunk|driving (?:while )?(?:drunk|intoxicated)|underage drinking\b",
    )
)
_BENIGN = re.compile(
    _any(
        r"\b(?:in|from|of|for|on) (?:(?:a|an|the|my) )?(?:\w+ ){0,3}(?:game|movie|movies|film|films|novel|"
        r"novels|play|"
        r"tv show|series|chess|checkers|gta(?: \w+)?|minecraft|fortnite|call of duty|counter strike|hitman|sims|"
        r"fiction|story|football|soccer|tennis|basketball|dream|python|linux|c\+\+|java)\b",
        r"\b(?:prevent|protect|avoid being|defend|recogni[sz]e|detect|stop|report|combat|against|recover from|"
        r"cope with|"
        r"deal with|victims? of|raise awareness|dangers of|consequences of|risks of|help (?:someone|people) who)\b",
        r"\b(?:kill|terminat|end|stop)\w* (?:\w+ ){0,3}(?:process(?:es)?|program|task|thread|server|daemon)\b",
        r"\b(?:weeds?|mosquito\w*|bugs?|germs|bacteria|rats?|mice|ants|"
        r"cockroach\w*|time|lights?|balloon|piñata|coconut|goal|photos?|pictures?|interview|deadline)\b",
        r"\b(?:what (?:is|does|are|kind of)|define|definition of|meaning of|history of|what happened|"
        r"who (?:was|is|killed)|"
        r"when (?:did|was)|why did|how did)\b",
    )
)
_WORDS = re.compile(
    r"\b(?:kill|murder|suicid|bomb|explos|weapon|gun\b|guns\b|shoot|stab|poison|drug|cocaine|heroin|meth\b|"
    r"weed\b|steal|"
    r"stole|theft|rob\b|robb|hack|malware|virus|phish|fraud|scam|launder|illegal|crime|criminal|attack|"
    r"assault|rape|sex|"
    r"porn|nude|racis|sexis|nazi|hitler|genocid|terror|tortur|abus|hate|violen|blood|dead\b|death|die\b|dying|"
    r"destroy|"
    r"harm|hurt|threat|bully|harass|stalk|kidnap|traffick|smuggl|cheat|password|credit card|social security|passport|"
    r"medical record|blackmail|extort|exploit|manipulat|deceiv|fake|false|misinformation|propaganda|discriminat|"
    r"stereotyp|slur|insult|offensive|naked|alcohol|drunk|gambl|cigaret|smok|vap(?:e|ing)|fire\b|arson|crack|"
    r"break into|"
    r"execut|eliminat|exterminat|annihilat|eradicat|massacre|assassin|slave|cult\b|anorexi|starv|overdos|pill|"
    r"cannabis|"
    r"marijuana|torrent|pirat|surveil|spy\b|spying|track someone|immigra|abortion|vaccin|conspir|election|ethnic|"
    r"jew|muslim|black people|gay\b|trans\b|butcher|slaughter|smash|crush|slash|choke|strangl|punch|blow up|burn|"
    r"hang\b|hanging|ambush|wreck|ruin|trap\b|knife|blade|axe\b|bullet|ammunition|gas\b|acid|toxin|venom|"
    r"corpse|body\b|"
    r"bodies|skull|bone|throat|wound|injur|bleed|tackle|snipe|sniper|shatter|demolish|obliterat|terminat|wipe out|"
    r"do away with|get rid of|dispose|without getting caught|secretly|revenge|enemy|enemies|victim|hostage|prison|"
    r"jail|police|cop\b|cops\b|army|soldier|war\b|invad|nuclear|atomic|hijack|riot|vandal|loot|bribe|corrupt|forge|"
    r"counterfeit|tax(?:es)? evasion|evade|insider|casino|vault|heist|underage|minor\b|grooming|seduc|"
    r"prostitut|escort|"
    r"fetish|erotic|orgasm|penis|vagina|breast|incest|cannibal|cult\b|jihad|isis\b|hamas|taliban|confederate|"
    r"apartheid|"
    r"lynch|holocaust|supremac|inferior|superior|weaker than|deport|illegal alien|refugee|benefits\b|welfare|"
    r"never happened|hoax|justified|why (?:should|shouldn't|is it best|would it be best|are|can(?:'t|not)?) .{0,60}"
    r"(?:people|women|men|immigrants|muslims|jews|christians|women|children)\b|"
    r"(?:my|his|her|their|someone's|somebody's|\w+'s) (?:\w+(?:'s|') )?(?:\w+ ){0,3}(?:address|phone|number|"
    r"email|e-mail|"
    r"history|status|beliefs|religion|affiliation|salary|diagnosis|records|login|account|location|orientation|earn|"
    r"details|criminal record|dna|messages|texts|photos))"
)


# No act is without a word that begins so: most requests are passed over by it
_STEMS = frozenset(
    _WORD_OR_HYPHEN.findall(
        "kill murd exec assa pois stab stra shoo chok drow slay slau butc gut punc beat hit hits hitt hurt harm atta "
        "maim tort kidn abdu rape rapi mole groo stal hara bull blac exto thre inti expl mani scam defr dox doxx erad "
        "exte anni elim deci ensl traf smug radi inci tric dece coer sedu spy spyi stea disc torm terr crus smas brea "
        "saw hamm slas ruin dest suic frau trea mass geno arso robb burg thef crim hija laun cybe iden heis phis espi "
        "forg perj insi ponz pyra sabo riot vand hate bomb gren molo nerv chem biol biow pipe dirt ghos sile ille fire "
        "coun fake meth coca hero lsd ecst mdma crac fent drug weed mari narc ghb rohy hack malw rans keyl spyw botn "
        "troj ddos viru back root sql bypa gues acce infi disa leak inte clon corr dele alte shop loot embe evad pick "
        "hot- hotw pira plag tax chea blow fire porn chil cann catf rob sell spam infl mali weap self ille raci sexi "
        "viol misi disi fals cons caug dete eati life live anor ster prop oppr dehu nazi whit extr pedo dang deat defa "
        "crue unde unsa sexu miso homo with anon terminat shat obli demo tack snip wipe open good star hang cut drun "
        "driv enco prom glor advo endo diss bull harr susp "
    )
)


def asks_for_harm(request: str) -> str:
    """Whether a request is `harmful`, `doubtful` or `harmless`; of other languages than English nothing is known.

    Args:
        request: In lower case, with straight apostrophes; its first 1,000 characters are read.
    """
    read = request[:READ]
    if is_harmful(read):
        return HARMFUL
    return DOUBTFUL if _WORDS.search(read) is not None or _acts(read) else HARMLESS


def is_harmful(request: str) -> bool:
    """Whether a request is harmful, without telling the doubtful from the harmless.

    Args:
        request: As above.
    """
    read = request[:READ]
    return _acts(read) and _BENIGN.search(read) is None


def _acts(read: str) -> bool:
    if _STEMS.isdisjoint([word[:4] for word in _WORD.findall(read)]):
        return False
    return (_ASKS.search(read) is not None or read.lstrip().startswith("why")) and _ACTS.search(read) is not None
