"""Words that the rules of `inflection` would join to the wrong ones, or not to their own: folded, each with its stem."""

from __future__ import annotations


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
    brunch: brunches
    coach: coaches
    crash: crashes
    derby: derbies
    ferry: ferries
    flash: flashes
    hobby: hobbies
    lobby: lobbies
    match: matches
    penalty: penalties
    sandwich: sandwiches
    story: stories
    whisky: whiskies
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

IRREGULAR = _NO_PLURALS | _NO_FEMININES | _IRREGULAR_PLURALS | _IRREGULAR_FEMININES | _OFFICES
"""The stem of each of these words."""
