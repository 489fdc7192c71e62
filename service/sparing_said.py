"""What a connectivity test came to, in a sentence: what failed and what to do."""

from __future__ import annotations

from typing import Final

from domain.sparing import Receipt, Verdict

_SAID: Final = {
    Verdict.ACCEPTED: "Uji berhasil (accepted): {server} menerima data {point}. Pengiriman boleh dinyalakan.",
    Verdict.DUPLICATE: "Uji berhasil (duplicate): {server} sudah punya data {point} ini.",
    Verdict.PARTLY_DUPLICATE: "Uji belum selesai (partly_duplicate): sebagian data sudah ada di {server}. Ulangi.",
    Verdict.REFUSED: "Ditolak (refused) oleh {server}. Periksa uid {uid} (LOGGER ID) dan parameter yang terdaftar.",
    Verdict.HTTP_ERROR: "{server} menjawab dengan kesalahan (http_error {http}). Periksa base_url; coba lagi nanti.",
    Verdict.NOT_UNDERSTOOD: "Jawaban {server} tidak dimengerti (not_understood): mungkin halaman pemeliharaan, atau"
    " base_url salah. Coba lagi nanti.",
    Verdict.NO_SECRET: "Kunci dari {server} tidak bisa diambil (no_secret), jadi belum ada data yang dikirim. Periksa"
    " internet, DNS dan base_url, lalu ulangi.",
    Verdict.UNREACHABLE: "{server} tidak terhubung (unreachable). Periksa internet, firewall dan base_url, lalu"
    " ulangi.",
}


def outcome_said(receipt: Receipt, server: str) -> str:
    """With the server's own words behind it, where it had any."""
    said = _SAID[receipt.verdict].format(server=server, point=receipt.point, uid=receipt.uid, http=receipt.http or "")
    return f"{said} Jawabannya: {receipt.desc}" if receipt.desc else said
