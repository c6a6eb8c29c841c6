"""What started natverk stands on its pages: each fact of the five documents on the page of whom it concerns.

Facts are looked up in what a page says and in its tables, in both languages; a row of a table reads as its cells with a
bar between them.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

import natverk
from tests.pages.notebook import page_of, tables_of, text_of

#: The notebook of a page and its parameters.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "strategies": ("strategies", {}),
    "roles": ("roles_sweden", {}),
    "review": ("portfolio_review", {"actor": "municipality:0180"}),
    "vanersborg": ("municipality_profile", {"municipality": "1487"}),
    "nacka": ("municipality_profile", {"municipality": "0182"}),
    "stockholm": ("municipality_profile", {"municipality": "0180"}),
} | {
    network: ("network_profile", {"network": network})
    for network in (
        "eurocities", "metropolis", "uclg", "c40", "sern", "icc", "ensa", "reglab", "arena-for-tillvaxt",
        "reglab-rus-natverk", "ubc", "viable-cities-kn2030", "eu-mission-100",
    )
}  # fmt: skip

#: Page, and what it says in Swedish and in English, as patterns.
ANCHORS = [
    # Nacka, report from a meeting of EUROCITIES
    (
        "nacka",
        r"Eurocities \| [^|]+ \| associerad medlem[^|]*\|[^|]*2014",
        r"Eurocities \| [^|]+ \| associate member[^|]*\|[^|]*2014",
    ),
    ("nacka", r"26–28 februari 2014, Utrecht, Nederländerna", r"26–28 February 2014, Utrecht, Netherlands"),
    ("nacka", r"Syfte:.*lära känna hur nätverket fungerar", r"Purpose:.*get to know how the network works"),
    ("nacka", r"lämna in en ansökan om medlemskap", r"hand in an application for membership"),
    ("nacka", r"ansökan om partnerskap behandlades \| godkänd", r"application for partnership was handled \| approved"),
    ("nacka", r"arbetsgruppen för storstadsområden \|", r"working group on metropolitan areas \|"),
    ("nacka", r"arbetsgruppen för innovation \|", r"working group on innovation \|"),
    ("nacka", r"företagande och små och medelstora företag \|", r"entrepreneurship and SMEs \|"),
    ("nacka", r"arbetsgruppen för integrerad stadsutveckling \|", r"working group on integrated urban development \|"),
    ("nacka", r"varumärke och attraktivitet \|", r"city branding and attractiveness \|"),
    ("nacka", r"München och Wien har sådana system för företag", r"Munich and Vienna run such systems for firms"),
    ("nacka", r"intresse från bland andra London, Utrecht och Wien", r"interest from London, Utrecht and Vienna among"),
    ("nacka", r"kollega eller enhet som också berörs är tom", r"colleague or unit is also concerned is empty"),
    ("nacka", r"sporadisk, fortsatt kontakt; systematisk", r"sporadic, continued contact; systematic"),
    ("nacka", r"Ingen ruta är synligt markerad", r"No box is visible"),
    ("nacka", r"mejl skickade till London, Wien och Utrecht", r"e-mails sent to London, Vienna and Utrecht"),
    ("nacka", r"Eurocities sekretariat ska kontaktas", r"(?i)Eurocities secretariat (to|will) be contacted"),
    # Vänersborg, page on its networks
    ("vanersborg", r"SERN \| [^|]+ \| medlem \| 2006 \| 2024", r"\(SERN\) \| [^|]+ \| member \| 2006 \| 2024"),
    ("vanersborg", r"ENSA \| [^|]+ \| medlem \| 2009 \| 2024", r"\(ENSA\) \| [^|]+ \| member \| 2009 \| 2024"),
    ("vanersborg", r"ENSA \|[^\n]* \| Socialförvaltningen deltar", r"\(ENSA\) \|[^\n]* \| Social services"),
    ("vanersborg", r"Intelligent Cities Challenge \| [^|]+ \| deltagare", r"Challenge \(ICC\) \| [^|]+ \| participant"),
    ("vanersborg", r"anger varken vilken sorts medlem Vänersborg är", r"states neither which kind of member"),
    ("vanersborg", r"Demeter [^|]+\| SERN \| 2018–2021 \|", r"Demeter [^|]+\| [^|]+\(SERN\) \| 2018–2021 \|"),
    ("vanersborg", r"Early Childhood Education [^|]+\| SERN \| 2015–2016 \|", r"Childhood [^|]+\| [^|]+ \| 2015–2016"),
    ("vanersborg", r"Health and Employability connects [^|]+\| SERN \| 2015 \|", r"connects [^|]+\| [^|]+ \| 2015 \|"),
    ("vanersborg", r"SOSEVO [^|]+\| ENSA \| 2012–2014 \| ledande part", r"SOSEVO [^|]+\| [^|]+ \| 2012–2014 \| lead"),
    ("vanersborg", r"uppstod till stor del ur ENSA-kontakter", r"arose largely from ENSA contacts"),
    ("vanersborg", r"medlem i två nätverk; tre beskrivs", r"member of two networks; three (are )?described"),
    ("vanersborg", r"en form av omvärldsbevakning och en väg till kontakter", r"contacts and project partners"),
    ("vanersborg", r"SERN, medlemmar \(2024\): 55", r"\(SERN\), members \(2024\): 55"),
    ("sern", r"medlemmar \| 2024 \| 55 \|[^\n]*jämnt fördelade mellan",
     r"members \| 2024 \| 55 \|[^\n]*evenly split betw"),
    ("sern", r"enda bilaterala nätverket i EU som förenar nord och syd", r"bilateral"),
    ("sern", r"Vänersborg \| [^|]+ \| medlem \| 2006", r"Vänersborg \| [^|]+ \| member \| 2006"),
    ("sern", r"Trollhättan \|", r"Trollhättan \|"),
    ("sern", r"medlemmarna själva och/eller nationella bidrag eller EU-bidrag", r"members themselves and/or"),
    ("icc", r"kärnstäder är huvudmottagare", r"core cities are the main recipients"),
    ("icc", r"mentorsstäder, i och utanför EU", r"mentor cities, inside and outside the EU"),
    ("icc", r"lokala gröna avtal", r"local green deals"),
    ("ensa", r"grundat 1999", r"founded in 1999"),
    ("ensa", r"äldre; unga; barn; funktionsnedsättning; social inkludering",
     r"older people; young people; children; dis"),
    ("ensa", r"tillgång till EU:s policyarbete och program; plattform",
     r"access to EU policy work and programmes; plat"),
    # Stockholm, review of its international organisations
    ("stockholm", r"Eurocities \| [^|]+ \| fullvärdig medlem \| 1995", r"Eurocities \| [^|]+ \| full member \| 1995"),
    ("stockholm", r"Metropolis \| [^|]+ \| fullvärdig medlem \| 2003",
     r"Metropolis [^|]*\| [^|]+ \| full member \| 2003"),
    ("stockholm", r"C40 \| [^|]+ \| associerad medlem/medlem", r"C40 [^|]*\| [^|]+ \| associate member/member"),
    ("stockholm", r"UCLG: genom annan medlem, 2011", r"\(UCLG\): through another member, 2011"),
    ("stockholm", r"Metropolis \| styrelse \| [^|]+ \| 2005–2008", r"Metropolis [^|]*\| board \| [^|]+ \| 2005–2008"),
    ("stockholm", r"Metropolis \| styrelse \| [^|]+ \| 2009–2011", r"Metropolis [^|]*\| board \| [^|]+ \| 2009–2011"),
    ("stockholm", r"Eurocities \| styrelse \| [^|]*exekutivkommittén",
     r"Eurocities \| board \| Executive Committee seat"),
    ("stockholm", r"UCLG \| vice ordförandeskap \| [^|]*kulturkommittén",
     r"vice chair \| Vice-chair of the Committee on C"),
    ("stockholm", r"Eurocities \| ordförandeskap \| [^|]+ \| 2009–2010",
     r"Chair of the Social Affairs Forum \| 2009–2010"),
    ("stockholm", r"alla sju forum och omkring hälften av 40", r"all seven forums and about half of 40 working groups"),
    ("stockholm", r"önskar inga fler nätverk", r"No further networks wished by departments"),
    ("review", r"C40: utnyttja fullt ut; Eurocities: utöka \+ fortsätt; Metropolis: lämna; UCLG: lämna",
     r"C40[^;]*: use fu"),
    ("review", r"säg upp medlemskapet vid årsskiftet 2011/2012", r"resign membership at the turn of 2011/2012"),
    ("review", r"Ett förslag är inget beslut", r"(?i)a (proposal|recommendation) is no decision"),
    ("review", r"positionering, verksamhetsutveckling, omvärldsbevakning och påverkan",
     r"positioning, service development"),
    ("review", r"välj samarbete efter sakfråga, inte efter geografi",
     r"choose cooperation by subject matter, not by geo"),
    ("review", r"inga kommentarer om UCLG och Metropolis", r"no comments on UCLG and Metropolis"),
    ("review", r"alla förvaltningar har inte system för återrapportering",
     r"not all departments have systems for reporti"),
    ("review", r"Bilda ett nätverk av kontaktpersoner", r"Set up a network of contact persons"),
    ("review", r"starkt politiskt engagemang krävs", r"strong political commitment needed"),
    ("review", r"nästan helt europeisk inriktning", r"almost wholly European focus"),
    ("review", r"utbildningsområdet har en egen internationell strategi",
     r"education has an international strategy of it"),
    ("eurocities", r"grundat 1986", r"founded in 1986"),
    ("eurocities", r"minst 250 000 invånare kan bli fullvärdiga medlemmar",
     r"at least 250 000 inhabitants may be full mem"),
    ("eurocities", r"svenska fullvärdiga medlemmar \| 2011 \| 3 \|  \| går inte att jämföra: våra uppgifter",
     r"Swedish full members \| 2011 \| 3 \|  \| not comparable"),
    ("eurocities", r"2011: 3 ", r"2011: 3 "),
    ("eurocities", r"medlemmar \| 2011 \| över 130", r"members \| 2011 \| over 130"),
    ("eurocities", r"EuroCities nätverksmöte", r"EuroCities network meeting"),
    ("metropolis", r"vart tredje år", r"every third year"),
    ("metropolis", r"en miljon invånare", r"one million inhabitants"),
    ("metropolis", r"Ekoregioner; Hantering av städers tillväxt", r"Eco-regions; Managing urban growth"),
    ("metropolis", r"fler kvinnor i lokalpolitiken", r"more women in local politics"),
    ("metropolis", r"Porto Alegre, 23–26 november, och på annat ställe till Kairo",
     r"Porto Alegre, 23–26 November, and elsewh"),
    ("metropolis", r"beslutet har inte hittats", r"decision was not found"),
    ("uclg", r"två tredjedelar av FN:s medlemsstater", r"two thirds of UN member states"),
    ("uclg", r"Stockholm \| genom annan medlem", r"Stockholm \| through another member"),
    ("uclg", r"röst gentemot FN och Världsbanken", r"voice towards the UN and the World Bank"),
    ("uclg", r"lämna", r"Mexico City vote in November 2010"),
    ("c40", r"ett löst nätverk av borgmästare", r"a loose network of mayors"),
    ("c40", r"vartannat år", r"every second year"),
    ("c40", r"Utnyttja fullt ut", r"Make full use"),
    ("c40", r"Clinton Climate Initiative", r"Clinton Climate Initiative"),
    ("c40", r"Norra Djurgårdsstaden och Hammarby Sjöstad", r"Norra Djurgårdsstaden and Hammarby Sjöstad"),
    # Arena för Tillväxt, knowledge day
    ("roles", r"25 april 2017[\s\S]*Saturnus Konferens, Stockholm",
     r"25 April 2017[\s\S]*Saturnus Konferens, Stockholm"),
    ("roles", r"samspelet mellan kommunal, mellankommunal och regional nivå",
     r"municipal, intermunicipal and regional lev"),
    ("roles", r"[Hh]ur kommunerna kan delta så att utvecklingspolitiken",
     r"[Hh]ow municipalities can take part so that devel"),
    ("roles", r"[Vv]ad kommunerna vinner på regionalt samarbete",
     r"[Ww]hat municipalities gain from regional cooperation"),
    ("roles", r"2018: länsstyrelsen \(staten\) i ett län, kommunalt samverkansorgan i sex län, regionen i 14 län",
     r"2018: county administrative board \(state\) in one county, [^,]+ in six counties, the region in 14 counties"),
    ("roles", r"Sedan 1 januari 2019 har en direktvald region[^.]* alla 21 län",
     r"Since 1 January 2019 [^.]* all 21 count"),
    ("roles", r"för de? 23 Viable|omkring 40\s% \| 38,4[^|]*\| skiljer sig", r"about 40\s?% \| 38\.4[^|]*\| differs"),
    ("arena-for-tillvaxt", r"Hornsgatan 15, Stockholm; 750 kr; begränsat antal platser", r"750 kr; limited places"),
    ("arena-for-tillvaxt", r"Falköping \| talare", r"Falköping \| speaker"),
    ("arena-for-tillvaxt", r"Piteå \| talare", r"Piteå \| speaker"),
    ("arena-for-tillvaxt", r"åtta talare var annonserade", r"eight speakers were announced"),
    ("arena-for-tillvaxt", r"Växa eller krympa \| Luleå[^\n]*160 deltagare",
     r"16 May 2018 \(inferred by us\) \| [^\n]*160 "),
    ("arena-for-tillvaxt", r"Lekeberg: positivt inrikes flyttnetto 2017", r"Lekeberg: positive net domestic migration"),
    ("arena-for-tillvaxt", r"12 procent, över 16 miljarder euro om året", r"12 percent, over 16 billion euro a year"),
    ("arena-for-tillvaxt", r"18 april 2018 \(vår slutsats\) \| [^|]*Oheliga", r"18 April 2018 \(inferred by us\) \| "),
    ("arena-for-tillvaxt", r"22 augusti 2018 \(vår slutsats\) \| [^|]*Årets", r"22 August 2018 \(inferred by us\) \| "),
    # Reglab, workshop for coordinators of strategies
    ("strategies", r"24 januari 2017[\s\S]*Lustikulla, Stockholm", r"24 January 2017[\s\S]*Lustikulla, Stockholm"),
    (
        "strategies",
        r"[Vv]ar varje region står i sin strategiprocess",
        r"[Ww]here each region stands in its strategy process",
    ),
    ("strategies", r"stärka arbetet på hemmaplan", r"strengthen work at home"),
    ("strategies", r"[Vv]ad som händer med EU 2020", r"[Ww]hat becomes of EU 2020"),
    ("strategies", r"[Vv]ad som är på gång med Agenda 2030", r"[Ww]hat is under way with Agenda 2030"),
    ("strategies", r"initiativ av Reglabs medlemmar", r"initiative of Reglab members"),
    ("strategies", r"anmälan senast den 10 januari", r"registration by 10 January"),
    ("strategies", r"en gemensam målbild för hela regionen", r"(?i)a common target picture for the whole region"),
    ("reglab", r"24 januari 2017 \| ", r"24 January 2017 \| "),
    ("reglab", r"medlemmar \| 2017 \(vår slutsats\) \| 24 ", r"members \| 2017 \(inferred by us\) \| 24 "),
    ("reglab-rus-natverk", r"grundat 2017", r"founded in 2017"),
    ("reglab-rus-natverk", r"Liljeholmsvägen 18", r"Liljeholmsvägen 18"),
    ("reglab-rus-natverk", r"en ganska ny uppgift, som regionerna hanterar olika",
     r"a rather new task, handled differently"),
    # Complete lists and published numbers
    ("ubc", r"2014: 21 .*2019: 14 .*2020: 13 .*2022: 12 .*2025: 11 ",
     r"2014: 21 .*2019: 14 .*2020: 13 .*2022: 12 .*2025: 11 "),
    ("viable-cities-kn2030", r"2020: 9 .*2021: 23 ", r"2020: 9 .*2021: 23 "),
    ("viable-cities-kn2030", r"omkring 40\s% \| 38,4[^|]*\| skiljer sig", r"about 40\s?% \| 38\.4[^|]*\| differs"),
    ("eu-mission-100", r"2022: 7 ", r"2022: 7 "),
    ("eu-mission-100", r"2022 \| 7 \|[^\n]*alla hör till de 23",
     r"2022 \| 7 \|[^\n]*all are"),
]  # fmt: skip


@cache
def told(page: str, lang: str) -> str:
    """Return what a page shows in a language: its text, and its tables row by row."""
    notebook, parameters = PAGES[page]
    made = page_of(notebook, lang=lang, **parameters)
    rows = [
        " | ".join("" if cell is None else re.sub(r"<[^>]+>", "", str(cell)) for cell in row)
        for view in tables_of(made).values()
        for row in view.frame.itertuples(index=False)
    ]
    return re.sub(r"\*\*|\*", "", "\n".join([text_of(made), *rows])).replace("\xa0", " ")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(("page", "swedish", "english"), ANCHORS)
def test_what_started_it_stands_on_the_page(page: str, swedish: str, english: str, lang: str) -> None:
    assert re.search(swedish if lang == "sv" else english, told(page, lang))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_page_cites_sources(page: str, lang: str) -> None:
    assert re.search(r"\[\[\d+\]\(#source-\d+\)", told(page, lang))


def test_every_city_of_the_mission_is_in_viable_cities() -> None:
    data = natverk.load()
    members = {
        network: set(rows["actor_id"])
        for network, rows in data.memberships[data.memberships["list_id"].notna()].groupby("network_id")
    }
    assert len(members["eu-mission-100"]) == 7
    assert members["eu-mission-100"] <= members["viable-cities-kn2030"]
