"""Indonesian and English words for the same thing, so that a question in one finds material in the other.

Pure. The table holds what communities around a shop, a product or an event talk about; it widens a search at less
weight than the asker's own word (`GLOSSARY_WEIGHT`), and never takes part in a text that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.knowledge.words import stem_word

#: How much a word of the table counts against the very word that was asked.
GLOSSARY_WEIGHT = 0.7

#: One idea a line: Indonesian words | English words.
_IDEAS = """
kirim antar ekspedisi kurir pengiriman | ship shipping deliver delivery send courier
ongkos biaya tarif | cost fee charge
harga tarif | price cost pricing
bayar pembayaran | pay payment
beli | buy purchase
pesan pesanan order | order
jual | sell
tukar ganti | exchange replace swap redeem
poin | point points
suhu temperatur | temperature temp
resep rasio takaran | recipe ratio
kembali retur | return
refund uang | refund money
batal | cancel
langganan | subscription subscribe
diskon potongan promo | discount promotion promo deal
gratis | free
murah | cheap
mahal | expensive
buka | open
tutup | close closed
jam pukul | hour hours time
tanggal jadwal | date schedule
hari | day
minggu | week sunday
bulan | month
tahun | year
besok | tomorrow
sekarang | now
cepat | fast quick
lama | long
toko kedai warung gerai | shop store cafe
lokasi tempat alamat | location place address
kota | city
luar | outside
jawa | java
negeri | abroad overseas international
kopi | coffee
biji | bean beans
bubuk | powder ground
giling | grind grinder
sangrai | roast roasted roasting
seduh | brew brewing
air | water
susu | milk
gula | sugar
teh | tea
panas | hot
dingin es | cold iced ice
rasa | taste flavor flavour
segar | fresh
simpan | store keep storage storing
kulkas lemari | fridge freezer refrigerator
tahan kedaluwarsa kadaluarsa expired | last expire expiry shelf
kemasan bungkus kantong | packaging bag
paket kiriman | parcel package
rusak cacat sobek pecah | broken damaged defective torn ripped
hilang | lost missing
salah | wrong
lacak resi cek | track tracking check
stok tersedia ready | stock available availability
ukuran | size
berat | weight
warna | color colour
bahan | material ingredient
petani | farmer
kebun | farm plantation
asal | origin
kelas pelatihan lokakarya belajar | class course training learn workshop
acara | event
daftar | register registration sign
anggota member | member membership
hadiah kado | gift
kupon voucher | voucher coupon
kartu | card
tunai | cash
rekening | account
akun | account
sandi | password
nomor | number
hubungi kontak | contact reach
telepon | phone call
surel email | email mail
syarat ketentuan | terms condition conditions
garansi jaminan | warranty guarantee
halal | halal
grosir partai | wholesale bulk
reseller agen | reseller agent
mitra | partner
kerja | work
lowongan karier karir | job career vacancy
parkir | parking
hewan | pet animal
anak | child kid children
ulasan | review
foto gambar | photo picture
unduh | download
pasang | install
pakai guna | use
alat mesin | tool machine equipment
saring | filter
contoh sampel | sample
minimum minimal | minimum
maksimum maksimal | maximum
pajak | tax
faktur nota kuitansi | invoice receipt
data pribadi privasi | privacy data personal
hapus | delete remove
ubah | change
bahasa | language
cicil kredit angsur | installment instalment
jeda lewati skip | pause skip
berhenti stop | stop unsubscribe
salat sholat solat musala mushola | prayer pray
kotak box | box
telepon telpon | phone
sumbang donasi | donate donation
mahasiswa siswa pelajar kuliah murid | student
pulpen bolpen | pen
sewa | rent
pinjam | borrow
wifi internet | wifi internet
masuk login | login
antre antrean | queue
kamar mandi toilet | toilet restroom bathroom
ambil jemput | pickup
cabang | branch
asli orisinal ori | original genuine authentic
bajakan palsu kw | fake counterfeit
bekas second loak | used secondhand
"""


@cache
def _expansions() -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in _IDEAS.strip().splitlines():
        indonesian, english = (side.split() for side in line.split("|"))
        stems = {stem_word(word, "id") for word in indonesian} | {stem_word(word, "en") for word in english}
        for stem in stems:
            table.setdefault(stem, set()).update(stems - {stem})
    return {stem: frozenset(others) for stem, others in table.items()}


def same_idea(stem: str) -> frozenset[str]:
    """The stems, of either language, that name the same thing as `stem`; empty when the table doesn't know it."""
    return _expansions().get(stem, frozenset())
