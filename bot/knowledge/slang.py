"""Indonesian chat spellings and the words they stand for. Data only; `words.spell_out` applies it."""

from __future__ import annotations

from collections.abc import Mapping

_PAIRS = """
    gmn=bagaimana gmana=bagaimana gimana=bagaimana gimna=bagaimana bgmn=bagaimana bgaimana=bagaimana gmnya=bagaimana
    brp=berapa brpa=berapa brapa=berapa berapaan=berapa brpan=berapa
    gak=tidak ga=tidak g=tidak gk=tidak nggak=tidak ngga=tidak enggak=tidak engga=tidak ndak=tidak tdk=tidak kagak=tidak
    tak=tidak gaada=tidak gada=tidak bkn=bukan
    bs=bisa bsa=bisa bisakah=bisa mw=mau mo=mau pgn=ingin pengen=ingin pingin=ingin pengin=ingin
    kak=kakak kk=kakak ka=kakak min=admin mimin=admin
    yg=yang dgn=dengan dg=dengan kpn=kapan udh=sudah udah=sudah sdh=sudah dah=sudah blm=belum blom=belum belom=belum
    dmn=dimana dmana=dimana mn=mana knp=kenapa knapa=kenapa ngapa=kenapa tp=tapi tpi=tapi jg=juga jga=juga bgt=banget
    bngt=banget sm=sama sma=sama utk=untuk untk=untuk u=untuk buat=untuk bwt=untuk dr=dari dri=dari pd=pada krn=karena
    karna=karena klo=kalau klu=kalau kl=kalau kalo=kalau lg=lagi lgi=lagi skrg=sekarang skrang=sekarang skg=sekarang
    trs=terus trus=terus aja=saja aj=saja sj=saja gtu=begitu gitu=begitu gini=begini gt=begitu bgtu=begitu
    sy=saya gw=saya gue=saya gua=saya aku=saya ak=saya aq=saya lo=kamu lu=kamu km=kamu kmu=kamu anda=kamu
    org=orang orng=orang hr=hari hri=hari jm=jam bln=bulan thn=tahun tgl=tanggal mggu=minggu
    hrg=harga hrga=harga byr=bayar byar=bayar bayarnya=bayar krm=kirim kirimnya=kirim brg=barang brng=barang
    psn=pesan psen=pesan pesen=pesan
    mesen=pesan mesan=pesan dpt=dapat dpet=dapat dapet=dapat hbs=habis abis=habis abs=habis
    bnyk=banyak byk=banyak sdikit=sedikit dikit=sedikit msh=masih masi=masih spt=seperti kyk=seperti kayak=seperti
    kaya=seperti cmn=cuma cm=cuma cuman=cuma hny=hanya bener=benar bnr=benar emg=memang emang=memang
    nnt=nanti ntar=nanti entar=nanti bsk=besok bsok=besok kmrn=kemarin td=tadi tdi=tadi smp=sampai smpe=sampai
    sampe=sampai nyampe=sampai nyampai=sampai jgn=jangan hrs=harus mesti=harus hub=hubungi rek=rekening norek=rekening
    tf=transfer trf=transfer ongkir=ongkos+kirim ttg=tentang ttng=tentang soal=tentang bli=beli beliin=beli
    ambl=ambil tuker=tukar tker=tukar balikin=kembali balik=kembali kmbli=kembali pake=pakai pk=pakai pke=pakai
    makasih=terimakasih mksh=terimakasih mksih=terimakasih thx=terimakasih tks=terimakasih trims=terimakasih
    tmpt=tempat tmpat=tempat lok=lokasi alamatnya=alamat almt=alamat kt=kita bikin=buat seduhnya=seduh
    sholat=salat solat=salat mushola=musala mushala=musala telpon=telepon tlp=telepon telp=telepon nomer=nomor no=nomor
    ori=asli loker=lowongan kalok=kalau gpp=tidak+apa kesini=ke+sini disini=di+sini kesana=ke+sana disana=di+sana
    preorder=prapesan po=prapesan ttd=tanda+tangan weekend=akhir+pekan bdg=bandung jkt=jakarta sby=surabaya
    jogja=yogyakarta jogya=yogyakarta wa=whatsapp email=surel ongkirnya=ongkos+kirim tiap=setiap tp2=tapi
    klian=kalian stock=stok redi=ready rdy=ready
"""

#: Chat spelling -> standard word, or words joined by a plus. Applied to Indonesian text only.
INDONESIAN_SLANG: Mapping[str, str] = dict(pair.split("=", 1) for pair in _PAIRS.split())
