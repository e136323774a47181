"""A small brand's material in two languages, for the tests beside this file."""

from __future__ import annotations

from bot.knowledge.answering import MaterialKnowledge
from bot.knowledge.gate import Level
from bot.ports.answering import KnowledgeItem

LANGUAGES = ("id", "en")


def faq(name: str, language: str, questions: tuple[str, ...], text: str) -> KnowledgeItem:
    """An FAQ entry."""
    return KnowledgeItem(
        source="faq",
        item=name,
        title=questions[0],
        url=f"https://kopi.example/{name}",
        language=language,
        questions=questions,
        text=text,
    )


def section(name: str, language: str, title: str, text: str) -> KnowledgeItem:
    """A section of a document."""
    return KnowledgeItem(source="docs", item=name, title=title, url=None, language=language, questions=(), text=text)


ITEMS = (
    faq(
        "ongkir",
        "id",
        ("Berapa ongkos kirim ke luar Jawa?", "ongkir ke sumatra berapa", "biaya pengiriman luar pulau"),
        "Ongkos kirim ke luar Jawa mulai Rp25.000 per kilogram. Gratis untuk belanja di atas Rp300.000.",
    ),
    faq(
        "lama-kirim",
        "id",
        ("Berapa lama pengirimannya?", "kapan pesanan saya sampai", "brp hari nyampe"),
        "Pesanan dikirim dalam 2 hari kerja. Di Jawa tiba 2-3 hari, di luar Jawa 4-7 hari.",
    ),
    faq(
        "bayar",
        "id",
        ("Bagaimana cara membayar?", "bisa bayar pakai qris?", "metode pembayaran"),
        "Kami menerima transfer bank, QRIS, dan kartu. COD belum tersedia.",
    ),
    faq(
        "simpan",
        "id",
        ("Bagaimana menyimpan biji kopi?", "kopi tahan berapa lama", "cara simpan kopi biar awet"),
        "Simpan di wadah kedap udara, jauh dari matahari. Terbaik dalam 30 hari setelah disangrai.",
    ),
    faq(
        "jam-buka",
        "id",
        ("Jam berapa toko buka?", "tutup jam berapa", "hari minggu buka gak"),
        "Toko buka Senin-Sabtu pukul 08.00-20.00. Minggu tutup.",
    ),
    faq(
        "refund",
        "en",
        ("How do I get my money back?", "refund", "can I return the beans?"),
        "Write to us within 14 days with your order number. We refund unopened bags in full.",
    ),
    faq(
        "grind",
        "en",
        ("Which grind size do you offer?", "can you grind the beans for me"),
        "Whole bean, coarse, medium and fine. Tell us your brewer in the order note.",
    ),
    section(
        "brew.md#v60",
        "en",
        "Brewing guide \u203a V60",
        "Use 15 grams of coffee for 250 grams of water. Water should be 92 to 94 degrees Celsius.\n\n"
        "Pour 45 grams first and wait 30 seconds for the bloom. Finish pouring by 2:00.",
    ),
    section(
        "langganan.md#cara",
        "id",
        "Langganan \u203a Cara berlangganan",
        "Pilih paket mingguan atau bulanan. Langganan bisa dijeda atau dibatalkan kapan saja dari halaman akun.",
    ),
)


def build(
    *extra: KnowledgeItem, confidence: Level | float = "careful", never_say: tuple[str, ...] = ()
) -> MaterialKnowledge:
    """The knowledge over `ITEMS` and `extra`."""
    return MaterialKnowledge.build((*ITEMS, *extra), languages=LANGUAGES, confidence=confidence, never_say=never_say)
