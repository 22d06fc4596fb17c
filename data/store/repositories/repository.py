"""What every repository is built on."""

from sqlalchemy.orm import Session


class Repository:
    """Reads and writes some of the store's tables within a unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session
