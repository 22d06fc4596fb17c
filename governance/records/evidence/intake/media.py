"""What a file is, by its first bytes alone: never by its name or by what a browser says."""

from typing import Final

from data.contracts.evidence_vocabulary import EvidenceKind

HEAD_BYTES: Final = 64
IMAGE, VIDEO, SOUND = "image", "video", "audio"
READABLE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Pictures of which a copy to read can be made."""
_BEGINS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_FTYP: Final = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic",
                b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}  # fmt: skip
_RECORDING: Final = frozenset({VIDEO, SOUND})
_MADE_OF: Final = {
    EvidenceKind.PHOTO: frozenset({IMAGE}),
    EvidenceKind.SCREENSHOT: frozenset({IMAGE}),
    EvidenceKind.VIDEO: _RECORDING,
    EvidenceKind.SOUND: _RECORDING,
}
"""What a file of a kind must be; sound often comes in a container of films."""
_USUALLY: Final = {IMAGE: EvidenceKind.PHOTO, VIDEO: EvidenceKind.VIDEO, SOUND: EvidenceKind.SOUND}


def media_of(head: bytes) -> str | None:
    """Return the media type that a file's first `HEAD_BYTES` tell, None where it is none of ours.

    Pages, scripts and programs are none: whatever is kept is data.
    """
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "video/mp4")
    return next((media for begin, media in _BEGINS if head.startswith(begin)), None)


def kind_of(media: str) -> EvidenceKind:
    """Return what a file of a media type usually is."""
    return _USUALLY.get(media.partition("/")[0], EvidenceKind.ELECTRONIC)


def may_be(kind: str, media: str) -> bool:
    """Say whether a file of a media type can be a piece of a kind."""
    wanted = _MADE_OF.get(EvidenceKind(kind))
    return wanted is None or media.partition("/")[0] in wanted
