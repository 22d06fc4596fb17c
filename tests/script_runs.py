"""Which run of its script a page of Streamlit waits for, as seen from its web socket.

Streamlit's page says that a run goes on once the server has told it so. Where the server is slow, a
page that was clicked on says meanwhile that nothing runs.
"""

from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

AWAITED = "performance.now() - (window.gwAskedAt ?? -Infinity) < 30_000"
"""Whether a run that somebody asked for has not begun; of a part that is gone none ever does."""


def _number(message: Any, field: str) -> int:
    return int(message.DESCRIPTOR.fields_by_name[field].number)


_NOTE_RUNS = f"""(() => {{
  const fieldsOf = (data) => {{ // number -> value, as Protocol Buffers write them
    const bytes = new Uint8Array(data), found = new Map();
    let at = 0;
    const varint = () => {{
      for (let value = 0, unit = 1; ; unit *= 128) {{
        const byte = bytes[at++] ?? 0;
        value += (byte % 128) * unit;
        if (byte < 128) return value;
      }}
    }};
    while (at < bytes.length) {{
      const key = varint(), number = Math.floor(key / 8), kind = key % 8;
      if (kind === 0) found.set(number, varint());
      else if (kind === 2) {{
        const size = varint();
        found.set(number, bytes.subarray(at, at += size));
      }} else at += kind === 1 ? 8 : 4;
    }}
    return found;
  }};
  const {{ send }} = WebSocket.prototype, sockets = new WeakSet();
  const over = () => {{ window.gwAskedAt = undefined; }};
  WebSocket.prototype.send = function (data) {{
    if (this.url.includes("/_stcore/stream")) {{
      if (!sockets.has(this)) {{
        sockets.add(this);
        this.addEventListener("close", over);
        this.addEventListener("message", (told) => {{
          if (fieldsOf(told.data).has({_number(ForwardMsg, "new_session")})) over();
        }});
      }}
      const asked = fieldsOf(data).get({_number(BackMsg, "rerun_script")});
      const byItself = asked && fieldsOf(asked).get({_number(ClientState, "is_auto_rerun")});
      if (asked && !byItself) window.gwAskedAt = performance.now();
    }}
    return send.call(this, data);
  }};
}})()"""


def note_runs(profile: Any) -> None:
    """Have the pages of a browser profile know whether a run that they asked for is still due."""
    profile.add_init_script(_NOTE_RUNS)
