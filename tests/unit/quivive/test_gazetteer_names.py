"""What the shipped entities find in French sentences, and what they must leave alone."""

import pytest

from news.query import Matcher
from news.text import analyse_article
from news.topics import Entity, Topic
from quivive.config.gazetteer import load_gazetteer

FOUND = {
    "openai": [
        "L’accord qu’OpenAI a signé",
        "chat gpt répond, chatgpt aussi, CHATGPT.",
        "Sam Altman change d’avis",
        "GPT-4 face à ses rivaux",
        "le modèle GPT‑3.5",
        "Une image faite par DALL·E",
    ],
    "sam_altman": ["Sam Altman change d’avis"],
    "anthropic": [
        "Claude Code écrit du code",
        "Dario Amodei s’inquiète",
        "le chatbot Claude",
        "Gemini, Claude et les autres",
        "Avec Claude 4.5, rien ne change",
    ],
    "mistral": [
        "Mistral AI lève des fonds",
        "la start-up Mistral recrute",
        "L’accord du français Mistral",
        "OpenAI, Mistral et les autres",
    ],
    "deepmind": ["Demis Hassabis, de Google DeepMind"],
    "hugging_face": ["Un modèle publié sur HuggingFace", "Hugging Face rachète"],
    "lighton": ["LightOn en Bourse"],
    "gemini": ["Google Gemini arrive en France", "Gemini 2.5 Pro", "ChatGPT, Gemini et leurs rivaux"],
    "copilot": ["Copilot s’invite dans Word", "l’offre Copilot+ PC"],
    "llama": ["Les modèles Llama de Meta"],
    "meta": ["Meta écope d’une amende", "la maison mère de Facebook"],
    "google": ["L’antitrust vise Alphabet, maison mère de google"],
    "apple": ["L’amende d’Apple", "la firme à la pomme"],
    "oracle": ["Oracle rachète un rival", "les licences d’Oracle"],
    "slack": ["une messagerie comme Slack"],
    "dell": ["Un portable de Dell", "DELL recule"],
    "hp": ["les imprimantes HP", "Hewlett-Packard", "Dell, HP et Lenovo"],
    "sap": ["Migrer vers SAP S/4HANA"],
    "tesla": ["Les ventes de Tesla"],
    "windows": ["Windows 10 en fin de vie"],
    "orange": ["Une panne chez Orange", "groupe orange", "ORANGE BUSINESS recrute"],
    "free": [
        "La nouvelle Freebox",
        "Chez Free, le forfait change",
        "Orange, SFR, Free et Bouygues",
        "Orange, Bouygues Telecom et Free",
        "un abonné Free",
        "Free annonce une hausse",
        "Free (Iliad) a été piraté",
        "free mobile en panne",
    ],
    "sfr": ["SFR, racheté ?", "les abonnés de sfr"],
    "bull": ["le supercalculateur BullSequana", "le groupe Bull", "chez Bull"],
    "alan": ["la licorne Alan devient rentable", "L’assureur Alan lance"],
    "doctrine": ["La legaltech Doctrine condamnée", "le site doctrine.fr"],
    "shadow": ["le service Shadow d’OVHcloud", "Shadow PC ferme"],
    "parrot": ["Parrot Anafi", "les drones Parrot de l’armée"],
    "ledger": ["Un faux Ledger Nano", "l’enlèvement du cofondateur de Ledger"],
    "leboncoin": ["Une annonce sur leboncoin", "Le Bon Coin, de Paris"],
    "canal_plus": ["sur Canal+", "Canal Plus augmente"],
    "dassault_systemes": ["dassault systemes"],
    "alice_bob": ["la start-up Alice & Bob", "Pasqal, Alice & Bob et Quandela"],
    "totalenergies": ["le supercalculateur de TotalEnergies"],
    "ovhcloud": ["OVH et Scaleway", "OVHcloud"],
    "scaleway": ["OVH et Scaleway"],
    "proton": ["le suisse Proton", "ProtonMail livre une adresse"],
    "bleu_cloud": ["S3NS et Bleu qualifiés"],
    "azure": ["une panne d’Azure"],
    "att": ["le piratage d’AT&T"],
    "arm": ["les puces d’Arm", "un processeur ARM"],
    "micron": ["Micron, numéro trois de la mémoire"],
    "smic": ["le fondeur chinois SMIC", "Huawei et SMIC"],
    "nvidia": ["NVIDIA, l’Europe et l’export"],
    "thales": ["Thales et Airbus", "un contrat de THALES", "Thales Alenia Space"],
    "safran": ["Le rachat de Preligens par Safran"],
    "helsing": ["l’allemand Helsing"],
    "leonardo": ["Airbus, Thales et Leonardo s’allient", "Le groupe Leonardo"],
    "dga": ["La DGA commande", "la direction générale de l’armement"],
    "amiad": ["l’AMIAD", "l’Agence ministérielle pour l’intelligence artificielle de défense"],
    "viginum": ["Selon Viginum"],
    "ministere_armees": ["au ministère des Armées", "La ministre des armées"],
    "anssi": ["l’Anssi alerte", "L'ANSSI", "l’Agence nationale de la sécurité des systèmes d’information"],
    "cnil": ["La Cnil sanctionne", "la Commission nationale de l’informatique et des libertés"],
    "arcep": ["selon l’Arcep"],
    "arcom": ["l’ancienne Hadopi", "l’Arcom met en demeure"],
    "dgsi": ["un contrat de la DGSI"],
    "elysee": ["L’Élysée confirme", "l'Elysee confirme"],
    "commission_europeenne": ["la Commission européenne enquête", "L’exécutif européen"],
    "cjue": ["la Cour de justice de l’Union européenne"],
    "esa": ["l’ESA lance", "l’Agence spatiale européenne"],
    "otan": [
        "les réseaux de l’OTAN",
        "l’Otan, l’alliance",
        "NATO",
        "l’alliance Atlantique",
        "l'Organisation du traité de l’Atlantique nord",
        "O.T.A.N.",
    ],
    "onu": ["devant l’ONU", "un rapport des Nations unies"],
    "pentagone": [
        "Le Pentagone a signé",
        "le département de la Défense",
        "le département américain de la Guerre",
        "le ministère américain de la Défense",
        "le ministère de la Guerre, comme il se nomme",
        "le secrétaire à la Défense",
        "the Department of War",
        "the Department of Defense",
        "le DoD",
    ],
    "cia": ["un ancien de la CIA"],
    "mit": ["une étude du MIT"],
    "nis2": ["la directive NIS 2", "NIS2", "la transposition de NIS-2"],
    "ai_act": ["l’AI Act", "l’IA Act", "le règlement européen sur l’IA"],
    "rgpd": ["le RGPD", "le GDPR"],
    "dsa": ["au titre du DSA", "le règlement sur les services numériques"],
    "dma": ["Le DMA oblige", "le Digital Markets Act"],
    "dora": ["le règlement DORA"],
    "x_twitter": ["a-t-il écrit sur X", "le réseau social X", "Twitter, devenu X"],
    "threads": ["Instagram et Threads", "un message publié sur Threads"],
    "signal": ["sur Signal", "la messagerie chiffrée Signal", "WhatsApp, Signal et Telegram", "Meredith Whittaker menace de partir"],
    "discord": ["un serveur Discord"],
    "telegram": ["une boucle Telegram"],
    "mastodon": ["sur Mastodon et le reste du fédiverse"],
    "conti": ["le rançongiciel Conti"],
    "april": ["l’association April dénonce"],
    "cada": ["la Cada a rendu son avis"],
    "elon_musk": ["Musk rachète"],
    "donald_trump": ["Selon Trump"],
}

LEFT_ALONE = [
    "Une orange, deux citrons, et des oranges amères",
    "La vigilance orange est levée",
    "Un concert de free jazz",
    "Il travaille en free-lance, en mode free to play",
    "Un groupe free jazz à Nancy",
    "Le magasin duty free de l’aéroport",
    "Free Solo, le documentaire",
    "Une méta-analyse de vingt études",
    "Les métadonnées et la méta du jeu",
    "Un signal faible sur le quai",
    "Le signal d’alarme a retenti",
    "Signal fort de la part des marchés",
    "Il envoie un signal aux messageries",
    "Le mistral souffle sur Marseille",
    "Le Mistral, porte-hélicoptères",
    "Frédéric Mistral, prix Nobel",
    "Total des ventes : 12 millions",
    "Au total, le total est nul",
    "Le bull market continue",
    "Une écurie nommée Red Bull",
    "Un pit-bull et un bulldozer",
    "Semer la discorde",
    "The discord between them",
    "Une voiture alpine, sur une route alpine",
    "L’oracle de Delphes",
    "Les gemini, jumeaux du zodiaque",
    "Le programme Gemini des astronautes",
    "Jean-Claude et Claude Monet",
    "Claude François et Saint-Claude",
    "Le copilote et le pilote",
    "Un lama et une vigogne",
    "Alan Turing et Alan Moore",
    "La doctrine de dissuasion",
    "La Doctrine Monroe",
    "L’ombre, shadow en anglais, et le Shadow IT",
    "L’Iliade et l’Odyssée",
    "Un vieux sage et une sauge",
    "Soyez sages",
    "Un perroquet se dit parrot",
    "Distributed Ledger Technology",
    "Les écrivains cherchent le bon coin",
    "Un canal plus large pour les péniches",
    "Alice, Bob et Ève échangent des clés",
    "Le théorème de Thalès",
    "Une pincée de safran",
    "Un micron, dix microns",
    "Le SMIC augmente au 1er janvier",
    "Toute arme à feu, les armes et l’armée",
    "Un alarm clock et des bras",
    "Une étoffe que l’on sape, les sapeurs",
    "Commedia dell’arte",
    "Une maison en adobe",
    "Une conductance d’un siemens",
    "L’AP-HP recrute des infirmiers",
    "Un champ de dix teslas, l’unité tesla",
    "Les windows de l’interface",
    "Un intel de joueur",
    "Un slack de deux jours dans le planning",
    "Nœuds, threads et processus",
    "Un processeur de 16 cœurs et 32 Threads",
    "Les rayons X et le chromosome X",
    "Dix mots sur xylophone, la Xbox et l’axe x",
    "Des télégrammes et Le Télégramme de Brest",
    "Un mastodonte et des mastodontes",
    "Léonard de Vinci, Leonardo DiCaprio",
    "Dora l’exploratrice",
    "La Licence MIT et la licence BSD",
    "Les votants de la Cotan, le rotang",
    "Champs-Élysées",
    "Le Kremlin-Bicêtre, dans le Val-de-Marne",
    "Un iris bleu, l’iris de l’œil",
    "Un ciel bleu sur la société",
    "Un lapsus du présentateur",
    "Will it rain in April?",
    "La caisse de résonance, la caf, un café",
    "Le cheval Pegasus et Pégase",
    "Un procès en appel, la pomme et les pommes",
    "Le visa de long séjour",
    "Un zoom sur la carte, Zoom arrière",
    "Un docker du port du Havre",
    "Une valve de chauffage",
    "Un kick de batterie",
    "Le proton et le neutron",
    "La matrice du film Matrix",
    "Le film Akira de 1988",
    "La sec et le sec, du bois sec",
    "Un dust devil sur Mars",
    "Le grok, mot de science-fiction",
    "Nos alphabets et notre alphabet",
    "Une alliance en or, un traité d’harmonie",
    "Un nasal, une nasse, les nasses",
    "Un scaphandre et un aquanaute",
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """Every shipped entity as a topic of its own."""
    shipped = load_gazetteer()
    return Matcher([Topic(key, f"@{key}") for key in shipped], shipped)


def found(matcher: Matcher, sentence: str) -> list[str]:
    return [match.topic for match in matcher.match(analyse_article("", sentence))]


@pytest.mark.parametrize(("key", "sentence"), [(key, sentence) for key, sentences in FOUND.items() for sentence in sentences])
def test_an_entity_is_found_under_each_of_its_names(matcher, key, sentence):
    assert key in found(matcher, sentence)


@pytest.mark.parametrize("sentence", LEFT_ALONE)
def test_a_look_alike_is_no_entity(matcher, sentence):
    assert found(matcher, sentence) == []


EXACT_NAMES = [(key, name.removeprefix("=")) for key, entity in load_gazetteer().items() for name in entity.names if name.startswith("=")]


def test_every_name_of_exact_letters_is_found_in_a_headline_in_capitals_and_not_in_capitals_elsewhere():
    assert len(EXACT_NAMES) > 150
    matcher = Matcher([Topic(key, f"@{key}") for key in dict.fromkeys(key for key, _ in EXACT_NAMES)], load_gazetteer())
    for key, name in EXACT_NAMES:
        headline = f"HIER, {name.upper()} ET LES PRIX"
        assert key in {match.topic for match in matcher.match(analyse_article(headline, ""))}, headline
        assert key in {match.topic for match in matcher.match(analyse_article(f"Hier, {name} et les prix", ""))}, name


@pytest.mark.parametrize(
    ("title", "text", "is_found"),
    [
        ("ORANGE ET FREE AUGMENTENT LEURS PRIX", "", True),
        ("L’iPHONE CHEZ ORANGE", "", True),
        ("LES ABONNÉS D’ORANGE", "", True),
        ("Orange augmente ses prix", "", True),
        ("Vigilance ORANGE en Bretagne", "", False),
        ("Une orange", "", False),
        ("ORANGE", "", False),
        ("Titre", "VIGILANCE ORANGE EN BRETAGNE", False),
        ("UNE ORANGERIE", "", False),
    ],
)
def test_orange_in_capitals_counts_in_a_title_that_is_all_in_capitals(title, text, is_found):
    assert bool(Matcher([Topic("t", "@orange")], load_gazetteer()).match(analyse_article(title, text))) is is_found


@pytest.mark.parametrize("title", ["THALÈS ET LES MATHÉMATIQUES", "LE THÉORÈME DE THALÈS"])
def test_accents_in_a_headline_still_tell_names_apart(title):
    assert not Matcher([Topic("t", "@thales")], load_gazetteer()).match(analyse_article(title, ""))


def test_names_of_exact_letters_in_a_configuration_stay_exact():
    own = {"orange": Entity("orange", ("=Orange",))}
    assert not Matcher([Topic("t", "@orange")], own).match(analyse_article("ORANGE ET FREE AUGMENTENT LEURS PRIX", ""))
