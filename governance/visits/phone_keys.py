"""The key under which a person's phone keeps what was not sent yet, and today's list."""

from data.privacy.key_derivation import derive_key
from governance.access.permissions import Action, Actor, require
from governance.service import Service


class PhoneKeyService(Service):
    """Gives keys to whoever records visits; the office keeps none of them."""

    def phone_key(self, actor: Actor, device: str) -> bytes:
        """Return the 32-byte key of one account on one device, the same each time.

        A phone drops its key when somebody signs out, so what waits there stays sealed until the
        same account signs in again. Another account or another device gets an unrelated key.

        ``device``: the random name that a browser gave itself.
        """
        require(actor, Action.RECORD_VISIT)
        return derive_key(self._workspace.secret, f"phone {len(device)} {device} {actor.id}")
