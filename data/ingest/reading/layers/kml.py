"""Keep the names of the fields of a KML, which its driver spells with underscores alone.

受理时间 and 工单编号 both became ``____``, so that of two columns one was lost.
"""

import re
from html import unescape
from pathlib import Path
from typing import Final

_FIELD: Final = re.compile(
    r"(<(?:\w+:)?(?:Data|SimpleData|SimpleField)\b[^>]*?\bname=)(\"[^\"]*\"|'[^']*')"
)
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding=[\"']([\w-]+)[\"']")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def with_plain_fields(path: Path) -> tuple[bytes, dict[str, str]]:
    """Return a KML whose fields have names that the driver keeps, and plain name → name.

    Raises `ValueError` where it is not in the encoding that it declares, or declares one that is
    none.
    """
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(content)
    encoding = declared[1].decode().lower() if declared else "utf-8"
    try:
        text = content.decode("gb18030" if encoding in ("gbk", "gb2312") else encoding)
    except LookupError as error:
        raise ValueError(str(error)) from error
    plain: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        name = unescape(found[2][1:-1])
        return f'{found[1]}"{plain.setdefault(name, f"field{len(plain)}")}"'

    renamed = _FIELD.sub(rename, _DECLARATION.sub("", text))
    return renamed.encode(), {new: name for name, new in plain.items()}
