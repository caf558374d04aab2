"""French inflection, lightly: a word and its plural, feminine and participle forms have one stem; derived words do not.

In the manner of J. Savoy's minimal French stemmer ("A stemming procedure and stopword list for general French corpora", JASIS 1999),
on folded words, with three differences that a news alert needs. Infinitives keep their r (`publier` is no form of `publié`). An ending
is taken for a feminine only where French makes feminines that way, because the general rule makes `porte` of `port` and `fille` of `fil`.
And the common words that would still fall together with another one are named here, one by one.

Folding has put the accents aside before, so what differs in accents only cannot be told apart: `active` is also `activé`.
"""

from __future__ import annotations

_SHORTEST_INFLECTED = 3
_SHORTEST_PLURAL = 4
"""`lois` has a plural s; `bus`, `GPS` and `iOS` have none."""
_SHORTEST_PARTICIPLE = 5
"""`levée` is a form of `levé`; `idée` and `née` are kept, since what is left of them is another word."""
_LONGEST_ENDING = 6


def stem(word: str) -> str:
    """The stem of a folded word. Words that are no plain letters, such as `gpt4` or `c++`, are their own stem."""
    if len(word) < _SHORTEST_INFLECTED or not word.isalpha():
        return word
    known = _KNOWN.get(word)
    if known is not None:
        return known
    singular = _singular(word)
    return _KNOWN.get(singular) or _masculine(singular)


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    if word.endswith(("eaux", "eux")):
        return word[:-1]
    if word.endswith("aux") and len(word) > len("taux"):
        return word[:-2] + "l"
    return word


def _masculine(word: str) -> str:
    """The masculine form, of a participle the masculine singular; a word without another form stays as it is."""
    if len(word) >= _SHORTEST_PARTICIPLE and word.endswith("ee"):
        word = word.rstrip("e") + "e"
        known = _KNOWN.get(word)
        if known is not None:
            return known
    if word[-1] not in _LAST_LETTERS:
        return word
    for length in range(_LONGEST_ENDING, 1, -1):
        rule = _FEMININES.get(word[-length:])
        if rule is not None:
            least_letters, ending = rule
            return word[:-length] + ending if len(word) >= least_letters else word
    return word


def _endings(rules: str) -> dict[str, tuple[int, str]]:
    """Reads triples: the ending, how many letters the word must have at least, and the masculine ending."""
    words = rules.split()
    return {ending: (int(least), masculine) for ending, least, masculine in zip(words[::3], words[1::3], words[2::3], strict=True)}


_FEMININES = _endings("""
    ale 5 al       elle 6 el      enne 5 en      aine 6 ain     ive 5 if
    iere 6 ier     ere 6 er       trice 7 teu    euse 6 eu      eure 6 eu      eur 5 eu
    ante 6 ant     ente 6 ent     mente 5 mente
    crite 6 crit   uite 6 uit     faite 5 fait   verte 5 vert   ferte 6 fert
    ointe 7 oint   einte 6 eint   ainte 6 aint
    onde 7 ond     aude 6 aud     oide 6 oid     ande 6 and     ourde 6 ourd
    aise 7 ai      oise 7 oi      prise 5 pri    quise 6 qui    cise 6 ci      cluse 7 clu
    romise 7 romi  oumise 6 oumi  ermise 6 ermi  admise 6 admi  ommise 6 ommi  nsmise 6 nsmi  emise 5 emi
    ue 5 u         que 3 que      gue 3 gue      ie 5 i
""")


_LAST_LETTERS = frozenset(ending[-1] for ending in _FEMININES)


def _apart(words: str) -> dict[str, str]:
    """Words that are their own stem, although they look like a form of another word."""
    return {word: word for word in words.split()}


def _of(forms: str) -> dict[str, str]:
    """Reads `stem: form form …` lines."""
    known: dict[str, str] = {}
    for line in forms.strip().splitlines():
        word_stem, _, words = line.partition(":")
        known |= dict.fromkeys(words.split(), word_stem.strip())
    return known


_NO_PLURALS = _apart("""
    paris pays news temps mais sans dans mars plus puis vers sous tous nous vous moins corps fois mois bras sens tiers alors hors lors apres
    pres tres suis depuis jamais ailleurs plusieurs peux ceux veux etes mieux revers denis
""")

_NO_FEMININES = _apart("""
    annee armee contree cree donnee duree entree idee journee lycee musee portee rosee soiree tournee trophee vallee
    avale etale regale signale appelle epelle rappelle chante enchante implante plante argente oriente patente
    draine entraine graine plaine traine colere maniere matiere priere revere matrice cicatrice malaise archive motive
    appuie cloue defie ennuie envie marie oublie parie partie pluie replie serie avenue statue
    ensuite entreprise excelle ingenieur labelle meprise misere poursuite revente
    adrienne amelie armelle axelle beatrice danielle emmanuelle fabienne francoise gabrielle germaine isabelle joelle julienne lucienne
    michelle noelle pascale patrice raphaelle
""")
"""Nouns (`armée` is no form of `arme`), conjugated or folded forms (`signale`), and names of people (`Danielle`, who is not Daniel),
that no masculine word should be found by; and `ingénieur`, which is not `ingénieux`."""

_IRREGULAR_PLURALS = _of("""
    an: ans
    cd: cds
    ia: ias
    pc: pcs
    tv: tvs
    bd: bds
    dj: djs
    id: ids
    up: ups
    vm: vms
    bail: baux
    bijou: bijoux
    boyau: boyaux
    caillou: cailloux
    chou: choux
    ciel: cieux
    corail: coraux
    genou: genoux
    hibou: hiboux
    ideal: ideaux
    joyau: joyaux
    mal: maux
    materiau: materiaux
    noyau: noyaux
    oeil: yeux
    travail: travaux
    tuyau: tuyaux
    vitrail: vitraux
""")

_IRREGULAR_FEMININES = _of("""
    abject: abjecte
    abrupt: abrupte
    abstrait: abstraite
    adequat: adequate
    afghan: afghane
    aigu: aigue
    alpin: alpine
    ambigu: ambigue
    amer: amere
    ami: amie
    argentin: argentine
    artisan: artisane
    assi: assise
    aucun: aucune
    avocat: avocate
    bas: basse
    beat: beate
    beau: bel belle
    benin: benigne
    benit: benite
    blanc: blanche
    blond: blonde
    bon: bonne
    bovin: bovine
    bref: breve
    breton: bretonne
    brouillon: brouillonne
    brun: brune
    brut: brute
    cadet: cadette
    caduc: caduque
    candidat: candidate
    canin: canine
    catalan: catalane
    champion: championne
    cher: chere
    circonspect: circonspecte
    civil: civile
    clair: claire
    clandestin: clandestine
    clo: close
    coi: coite
    commun: commune
    compact: compacte
    complet: complete
    concret: concrete
    confu: confuse
    contigu: contigue
    contrit: contrite
    correct: correcte
    court: courte
    cousin: cousine
    cree: creee
    cristallin: cristalline
    cru: crue
    cuit: cuite
    defunt: defunte
    delicat: delicate
    desert: deserte
    desuet: desuete
    diffu: diffuse
    direct: directe
    discret: discrete
    disert: diserte
    dissou: dissoute
    distinct: distincte
    distrait: distraite
    dit: dite
    diver: diverse
    divin: divine
    doux: douce
    droit: droite
    du: due dus
    dur: dure
    elu: elue
    enfantin: enfantine
    epai: epaisse
    epar: eparse
    epoux: epouse
    erudit: erudite
    espagnol: espagnole
    etroit: etroite
    exact: exacte
    exigu: exigue
    expert: experte
    expre: expresse
    extrait: extraite
    faux: fausse
    favori: favorite
    felin: feline
    feminin: feminine
    fier: fiere
    fin: fine
    fort: forte
    fou: fol folle
    frai: fraiche
    franc: franche
    futur: future
    gai: gaie
    gentil: gentille
    gra: grasse
    grec: grecque
    gri: grise
    gro: grosse
    haut: haute
    idiot: idiote
    immediat: immediate
    importun: importune
    incorrect: incorrecte
    indirect: indirecte
    inedit: inedite
    infu: infuse
    ingrat: ingrate
    inquiet: inquiete
    intact: intacte
    interdit: interdite
    intru: intruse
    jaloux: jalouse
    joint: jointe
    jumeau: jumelle
    laic: laique
    laid: laide
    las: lasse
    latin: latine
    laureat: laureate
    lent: lente
    letton: lettonne
    long: longue
    lu: lue lus
    maghrebin: maghrebine
    magistrat: magistrate
    malin: maligne
    manchot: manchote
    masculin: masculine
    maudit: maudite
    mesquin: mesquine
    meti: metisse
    mignon: mignonne
    mis: mise
    mongol: mongole
    mort: morte
    mou: mol molle
    muet: muette
    musulman: musulmane
    nain: naine
    net: nette
    neuf: neuve
    noir: noire
    nouveau: nouvel nouvelle
    nu: nue nus
    nul: nulle
    oblong: oblongue
    obscur: obscure
    obtu: obtuse
    omis: omise
    opportun: opportune
    orphelin: orpheline
    ottoman: ottomane
    ovin: ovine
    palot: palotte
    pareil: pareille
    partisan: partisane
    patron: patronne
    paysan: paysanne
    persan: persane
    perver: perverse
    petit: petite
    pieton: pietonne
    plat: plate
    plein: pleine
    porcin: porcine
    predit: predite
    pret: prete
    prompt: prompte
    public: publique
    pueril: puerile
    pur: pure
    replet: replete
    rigolot: rigolote
    roux: rousse
    sain: saine
    saxon: saxonne
    sec: seche
    secret: secrete
    serein: sereine
    seul: seule
    soldat: soldate
    sot: sotte
    soul: soule
    soustrait: soustraite
    strict: stricte
    su: sue
    subit: subite
    subtil: subtile
    suspect: suspecte
    tel: telle
    texan: texane
    tiers: tierce
    tout: toute
    tu: tue
    turc: turque
    uni: unie
    uterin: uterine
    vain: vaine
    vermeil: vermeille
    veuf: veuve
    vieu: vieil vieille
    vif: vive
    vil: vile
    viril: virile
    voisin: voisine
    volatil: volatile
    vu: vue vus
    wallon: wallonne
""")

_OFFICES = _of("""
    ambassadeu: ambassadrice
    empereu: imperatrice
    ingenieur: ingenieure
    chef: cheffe
    consul: consule
    prefet: prefete
    proconsul: proconsule
    substitut: substitute
    syndic: syndique
    emir: emire
    imam: imame
    chaman: chamane
    kosovar: kosovare
    major: majore
    mentor: mentore
    sherif: sherife sheriffe
    tenor: tenore
    tsar: tsarine
    vizir: vizire
    gourou: gouroue
    hindou: hindoue
    papou: papoue
    zoulou: zouloue
    filou: filoute
    voyou: voyoute
    andalou: andalouse
    tourangeau: tourangelle
    bandit: bandite
    bigot: bigote
    devot: devote
    forcat: forcate
    heraut: heraute
    huguenot: huguenote
    inuit: inuite
    matelot: matelote
    poivrot: poivrote
    renegat: renegate
    scelerat: scelerate
    compagnon: compagnonne
    baron: baronne
    bougon: bougonne
    bouffon: bouffonne
    bourguignon: bourguignonne
    bucheron: bucheronne
    charron: charronne
    espion: espionne
    felon: felonne
    forgeron: forgeronne
    fripon: friponne
    frison: frisonne
    gascon: gasconne
    glouton: gloutonne
    lapon: lapone laponne
    larron: larronne
    luron: luronne
    macon: maconne
    maton: matonne
    nippon: nippone nipponne
    polisson: polissonne
    poltron: poltronne
    teuton: teutonne
    vigneron: vigneronne
    andorran: andorrane
    anglican: anglicane
    birman: birmane
    castillan: castillane
    charlatan: charlatane
    courtisan: courtisane
    gitan: gitane
    occitan: occitane
    sultan: sultane
    toscan: toscane
    veteran: veterane
    alexandrin: alexandrine
    andin: andine
    assassin: assassine
    bedouin: bedouine
    byzantin: byzantine
    citadin: citadine
    copain: copine
    coquin: coquine
    cretin: cretine
    echevin: echevine
    florentin: florentine
    gamin: gamine
    girondin: girondine
    gredin: gredine
    jacobin: jacobine
    laborantin: laborantine
    libertin: libertine
    mannequin: mannequine
    pelerin: pelerine
    philippin: philippine
    rabbin: rabbine
    ouighour: ouighoure
    ouzbek: ouzbeke
    kazakh: kazakhe
    tadjik: tadjike
    peul: peule
    bagnard: bagnarde
    banlieusard: banlieusarde
    batard: batarde
    bavard: bavarde
    campagnard: campagnarde
    chauffard: chauffarde
    clochard: clocharde
    fetard: fetarde
    gaillard: gaillarde
    montagnard: montagnarde
    motard: motarde
    routard: routarde
    savoyard: savoyarde
    vantard: vantarde
    abbe: abbesse
    chanoine: chanoinesse
    comte: comtesse
    contremaitre: contremaitresse
    diacre: diaconesse
    druide: druidesse
    duc: duchesse
    hote: hotesse
    maire: mairesse
    maitre: maitresse
    notaire: notairesse
    ogre: ogresse
    pair: pairesse
    pape: papesse
    poete: poetesse
    pretre: pretresse
    prince: princesse
    prophete: prophetesse
    suisse: suissesse
    traitre: traitresse
    vicomte: vicomtesse
    bailleu: bailleresse
    chasseu: chasseresse
    defendeu: defenderesse
    demandeu: demanderesse
    docteu: doctoresse
    enchanteu: enchanteresse
    vendeu: venderesse
    vengeu: vengeresse
    designeu: designer
    gameu: gamer
    hackeu: hacker
    leadeu: leader
    manageu: manager
    rockeu: rocker
    streameu: streamer
    tradeu: trader
    youtubeu: youtuber
""")
"""Offices, trades and peoples whose feminine no rule makes without joining other words (`colon` has no `colonne`, `tribun` no `tribune`,
`marin` no `marine`); and the English words whose French feminine is made of their French spelling (`leader`, `leadeuse`)."""

_KNOWN = _NO_PLURALS | _NO_FEMININES | _IRREGULAR_PLURALS | _IRREGULAR_FEMININES | _OFFICES
