"""Tables as bytes of an Arrow IPC stream."""

import pyarrow as pa


def to_stream(table: pa.Table, *, compression: str | None = None) -> pa.Buffer:
    """Return a table as the bytes of a stream.

    ``compression``: ``zstd`` or ``lz4``; None keeps columns as they are, which takes no time.
    """
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return sink.getvalue()


def of_stream(content: bytes | pa.Buffer) -> pa.Table:
    """Return the table of a stream."""
    return pa.ipc.open_stream(content).read_all()
