"""What Indonesian and English have in common words, and what is small talk in both. Data only.

Code that uses these tables is in `words`, `language` and `answering`. A language without a table here still works: it
is only not helped.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.slang import INDONESIAN_SLANG

_ENGLISH_STOP = """
    a an the this that these those i me my mine myself we us our ours you your yours he him his she her hers it
    its they
    them their theirs who whom whose which what when where why how is am are was were be been being do does did doing
    done have has had having can could will would shall should may might must of in on at to for from with by about as
    into onto over under out up off than then so if or and but nor not no yes too very just also only own same
    such any
    some all each every both few more most other another there here again ever never still yet already once please
    pls plz tell know let get got gets getting want wanna need like would hi hello hey thanks thank ok okay im ive id
    ill dont doesnt didnt cant cannot wont isnt arent wasnt whats hows wheres whos theres thats youre theyre lets
    s t re ve ll d m guys guy anyone someone somebody anybody everyone something anything thing things
    question ask asking wondering wonder help sir dear really actually maybe way ways
    take takes taking took come comes coming offer offers provide provides
    work works much many long often possible go going make one u ur r til till lot bit bunch gonna poss
"""
_INDONESIAN_STOP = """
    yang dan di ke dari pada untuk dengan oleh dalam atau tapi tetapi juga saja lagi sudah belum akan sedang
    telah masih
    bisa dapat boleh mau ingin harus jangan tidak bukan ada adalah ialah itu ini sini situ sana begitu begini seperti
    apa apakah siapa mana dimana kemana kapan kenapa mengapa bagaimana berapa kah lah nya pun sih dong deh nih tuh kok
    loh lho ya yah iya yuk kan toh si sang para saya kamu kami kita dia mereka kalian beliau kakak mas mbak bang
    gan sis
    bro om tante pak bu ibu bapak admin tolong mohon minta bantu tanya nanya bertanya permisi halo hai hallo hei
    terimakasih
    terima kasih maaf selamat pagi siang sore malam kalau jika bila karena sebab agar supaya maka jadi terus
    lalu kemudian
    nanti tadi banget sekali sangat lebih paling kurang cuma hanya memang benar sama antara tentang mengenai soal hal
    sampai hingga sejak setiap tiap semua seluruh banyak sedikit orang tahu tau infoin info dulu aja cara
    caranya gimana
    pakai memakai pas
    buat per yaitu yakni secara oh eh hmm wah nah deh kira kirakira misal misalnya coba dah ga gak lama lamanya gitu
    biar udah punya punyaku ku mu depan gaes liat lihat datang dateng sekalian temen teman sebuah suatu tersebut emang
    pengen
"""

_INDONESIAN_FILLERS = """
    kak kakak kk min admin mimin gan sis bro mas mbak bang om tante dong deh nih sih kok loh lho ya yah yuk kah tuh td
    aja saja gitu gini kan toh hehe hehehe wkwk wkwkwk
"""

_ENGLISH_TOPICS = "order buy price cost ship shipping delivery open close pay refund return coffee beans"
_INDONESIAN_TOPICS = "harga beli pesan bayar kirim ongkir ongkos toko buka tutup jam hari kopi biji barang gratis"

#: Words that carry no topic, by language; they are searched for, yet never needed to be covered.
STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH_STOP.replace("'", "").split()),
    "id": frozenset(_INDONESIAN_STOP.split()),
}

#: What chat adds to a sentence without adding to what it says: forms of address and particles.
CHAT_FILLERS: Mapping[str, frozenset[str]] = {"id": frozenset(_INDONESIAN_FILLERS.split())}

#: Words that tell the language of a short chat text. None stands in two lists.
TELLING_WORDS: Mapping[str, frozenset[str]] = {
    "en": (STOP_WORDS["en"] | frozenset(_ENGLISH_TOPICS.split()))
    - STOP_WORDS["id"]
    - frozenset(INDONESIAN_SLANG)
    - frozenset(("u", "hi", "ok", "okay", "order", "refund")),
    "id": (STOP_WORDS["id"] | frozenset(INDONESIAN_SLANG) | frozenset(_INDONESIAN_TOPICS.split()))
    - STOP_WORDS["en"]
    - frozenset(("hub", "lo", "min", "stock", "per", "info", "kan", "bro", "thx", "tks")),
}

_SMALL_TALK = """
    hi hello hey halo hallo hai hei helo pagi siang sore malam selamat met morning good afternoon evening night
    permisi
    assalamualaikum salam waalaikumsalam thanks thank you thx tks ty makasih makasi mksh terima kasih
    terimakasih trims
    trimakasih nuhun suwun matur banyak ya yah iya yap yes yup no nope ok oke okay okey sip siap mantap mantul
    nice great
    cool awesome keren bagus wkwk wkwkwk haha hehe hihi lol lmao kak kakak min admin mimin gan sis bro mas mbak
    bang om
    pak bu semua semuanya all guys everyone so much very a lot cheers welcome sama sama2 banget dong deh nih sih
    test tes
    ping p bot bye dadah dah noted baik siaap there the for your help info infonya atas bantuannya
"""

#: Texts made only of these are no questions: greetings, thanks, agreement.
SMALL_TALK = frozenset(_SMALL_TALK.split())

_QUESTION_WORDS = """
    what when where who why how which apa apakah kapan dimana mana siapa kenapa mengapa bagaimana gimana berapa help
"""

#: Small talk that also begins real questions: alone it is none of either.
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())

_NEGATIONS = """
    tidak nggak enggak ngga gak ga gk tdk tak bukan belum jangan tanpa kecuali selain no not never without except unless
    cannot cant dont doesnt didnt isnt arent wont wasnt werent shouldnt mustnt nothing none nobody neither nor
"""

#: With one of these a sentence says the contrary of the same without it.
NEGATIONS = frozenset(_NEGATIONS.split())
