"""The words by which short messages are told apart, as people really type them in Indonesian and English.

Words only: what follows from them is in `phrases`. All are case-folded, with the straight apostrophe.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


#: Words that add nothing to thanks, greetings and nods.
FILLER = _words("""
    kak ka kakak bang mas mbak min mimin bot gan sis om pak bu bro guys all semua semuanya banget banyak sekali
    sangat deh dong nih tuh loh lho sih kok juga sudah udah atas info infonya jawaban jawabannya bantuan bantuannya
    membantu penjelasannya kamu aku saya oh wah ah so very much lot a lots many for the your help helping helped
    helpful answer assistance that was there again everyone team is been have did good great big job me my really am
    i'm kindly to
""")
THANKS = _words("""
    makasih makasi makasii mksh mksih terimakasih terima kasih trims tq ty thx thanks thank thankyou you tks tysm
    nuhun suwun matur maturnuwun appreciate appreciated grateful gracias cheers i it
""")
GREETING = _words("""
    halo hallo hai hay hei hey hi hello helo permisi assalamualaikum assalamu'alaikum salam pagi siang sore malam
    selamat morning afternoon evening good yo test tes punten
""")
#: Ways of asking after somebody, and the words that may stand around them.
HOW_ARE_YOU = _phrases("""
    how are you | how're you | how is it going | how's it going | how are things | how is everything |
    how's everything | how have you been | how do you do | what's up | whats up | apa kabar | apa kbr | pa kabar |
    kabarnya
""")
AROUND_HOW_ARE_YOU = _words("doing going today now right with you hari ini gimana bagaimana baik apa")
#: Words that only say "I have read it".
NOD = _words("""
    ya yaa yah iya ok oke okee okay okey okelah sip siap mantap mantul keren nice cool great good bagus got it
    gotcha noted baik baiklah paham ngerti lol haha hahaha hehe hehehe wkwk wkwkwk wkwkwkwk alright sure perfect yes
    yup no nope nggak gak enggak gitu begitu i see understood
""")
#: Words that announce a question ("boleh tanya?") with no question in them yet…
OPENING = _words(
    "ya yaa mau boleh bisa numpang izin ijin pengen ingin can may could i have a an quick to one something sesuatu"
)
#: …of which one must be among these.
OPENING_ASK = _words("tanya nanya bertanya tanya2 ask question")
#: Words that make a question of any text, whatever else is in it.
ASKING = _words("""
    apa apakah gimana gmn bagaimana kenapa knp mengapa kapan kpn dimana mana berapa brp siapa cara caranya jam kalau
    kalo how what why when where which who whose can could should do does if
""")
#: Words that ask for something without asking a question.
REQUESTING = _words("""
    tolong mohon minta mau pengen pengin butuh perlu cariin kasih bisa boleh please need want looking
""")
#: Of these, the ones a plain wish for a person may carry ("can I talk to a human", "mana adminnya").
ASKING_FOR = _words("can could mana")

#: How people say that an answer has helped, without a word of thanks…
SOLVED = _phrases("""
    solved | that worked | it worked | works now | it works | fixed it | that helped | this helped | sudah bisa |
    udah bisa | dah bisa | berhasil | sudah beres | udah beres | beres | terbantu | sangat membantu | membantu banget
""")
#: …and that it has not.
NOT_SOLVED = _phrases("""
    not solved | isn't solved | never worked | not work | didn't work | doesn't help | didn't help | not fixed |
    belum beres | belum bisa | belum berhasil | tidak berhasil | gak berhasil | nggak berhasil | ga berhasil |
    tidak membantu | gak membantu | nggak membantu | ga membantu | kurang membantu
""")
#: How people ask the bot to post no more.
STOP = _phrases("""
    stop it | stop posting | stop spamming | stop sending | no more ads | no ads | this is spam | that's spam |
    jangan spam | jangan promosi | jangan iklan | jangan ngiklan | stop iklan | stop promosi | berhenti posting |
    ini spam | spam nih | iklan terus | promosi terus
""")
#: Said alone, or with one of the words after it, these ask so too.
STOP_ALONE = _words("stop spam spamming berhenti nyampah ngespam enough")
AROUND_STOP = _words("please tolong dulu ads iklan promosi")

#: How people say that the answer was wrong.
WRONG = _phrases("""
    kamu salah | kau salah | lu salah | lo salah | anda salah | itu salah | salah itu | salah tuh | salah kak |
    salah bot | jawabannya salah | jawabanmu salah | jawaban kamu salah | bukan itu | bukan begitu | bukan gitu |
    tidak benar | nggak bener | gak bener | ga bener | gak nyambung | ga nyambung | nggak nyambung |
    tidak nyambung | ngaco | ngawur | bohong | sotoy | hoax | hoaks | ngarang | you're wrong | your wrong |
    youre wrong | you are wrong | that's wrong | thats wrong | that is wrong | this is wrong | not true |
    isn't true | not correct | this is incorrect | that is incorrect | that's incorrect | not what i asked |
    makes no sense | doesn't make sense | nonsense | you lie | liar | wrong answer
""")
#: Said alone, these say so too.
WRONG_ALONE = _words("salah wrong incorrect false")
INSULTS = _words("goblok goblog bodoh tolol bego dungu kampret bangsat idiot stupid dumb useless moron")

#: How people begin to ask what they are talking to…
WHO_ARE_YOU = _phrases("""
    are you | r u | is this | am i talking | am i speaking | am i chatting | who am i talking | kamu | kau | lu |
    lo | anda | ini | ngomong sama | ngobrol sama | bicara dengan | chat sama
""")
#: …and what they take it for.
NATURES = _words("bot robot chatbot ai human manusia mesin machine automated otomatis")
#: With these it is a wish for a person instead.
NOT_ABOUT_NATURE = _words("""
    want need like please mau minta bisa panggil panggilin panggilkan sambungkan sambungin hubungi tolong can could
""")

#: A wish for a person that needs no verb.
REAL_PERSON = _phrases("""
    orang asli | manusia asli | orang beneran | orang langsung | real person | real human | a human | human please
""")
#: Words for talking to somebody…
TALK = _words("""
    ngomong bicara ngobrol ngechat chat hubungi hubungin kontak panggil panggilin panggilkan sambungkan sambungin
    talk speak contact call connect reach
""")
#: …and weaker ones, which are enough before a word that can only mean the brand's people.
WISH = _words("mau bisa ada butuh perlu minta mana need want get")
STAFF = _words("admin adminnya cs operator petugas manusia human")
SOMEBODY = _words("orang orangnya staf staff person somebody someone agent representative")
#: Beside these, "admin" is a fee.
FEES = _words("biaya ongkos fee fees")
