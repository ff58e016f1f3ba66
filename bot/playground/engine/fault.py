"""What Discord refuses, with its own codes.

<https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>
"""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]
Path = tuple[str | int, ...]

_MESSAGES: dict[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10011: (404, "Unknown Role"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30032: (400, "Maximum number of application commands reached (100)."),
    40001: (401, "401: Unauthorized"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has reached the maximum number of follow up messages"),
    50001: (403, "Missing Access"),
    50003: (400, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete. Must provide between 2 and 100 messages."),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
}


class ApiError(Exception):
    """A request that Discord refuses: HTTP `status`, Discord's `code`, and its `errors` for each field."""

    def __init__(self, code: int, *, errors: Payload | None = None) -> None:
        self.status, self.message = (400, "Invalid Form Body") if code == 50035 else _MESSAGES[code]
        super().__init__(f"{self.status} {self.message} ({code})")
        self.code = code
        self.errors = errors

    def body(self) -> Payload:
        """The JSON that Discord sends."""
        if self.code == 40001:
            return {"message": self.message, "code": 0}
        body: Payload = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class Faults:
    """Collects what is wrong with a form, field by field, as Discord reports it: all at once."""

    def __init__(self, *prefix: str | int) -> None:
        self._prefix = prefix
        self._tree: Payload = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note one fault of the field at `path`."""
        node = self._tree
        for step in (*self._prefix, *path):
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def raise_if_any(self) -> None:
        """Raise code 50035 with everything collected."""
        if self._tree:
            raise ApiError(50035, errors=self._tree)

    def required(self, path: Path) -> None:
        """The field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def check_text(
        self, holder: Payload, key: str, path: Path, *, most: int, least: int = 0, required: bool = False
    ) -> None:
        """`holder[key]` is text of `least` to `most` characters; null and missing pass unless `required`."""
        value = holder.get(key)
        where = (*path, key)
        if value is None:
            if required:
                self.required(where)
        elif not isinstance(value, str):
            self.add(where, "BASE_TYPE_BAD_TYPE", "Could not interpret value as string.")
        elif not value and required:
            self.required(where)
        elif not least <= len(value) <= most:
            self._length(where, least=least, most=most)

    def check_list(
        self, holder: Payload, key: str, path: Path, *, most: int, least: int = 0, required: bool = False
    ) -> list[Any]:
        """`holder[key]` as a list of `least` to `most`; an empty one when it is missing or no list."""
        value = holder.get(key)
        where = (*path, key)
        if value is None:
            if required:
                self.required(where)
            return []
        if not isinstance(value, list):
            self.add(where, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        if not least <= len(items) <= most:
            self._length(where, least=least, most=most)
        return items

    def check_number(
        self, holder: Payload, key: str, path: Path, *, least: int, most: int, required: bool = False
    ) -> None:
        """`holder[key]` is a whole number from `least` to `most`."""
        value = holder.get(key)
        where = (*path, key)
        if value is None:
            if required:
                self.required(where)
        elif isinstance(value, bool) or not isinstance(value, int):
            self.add(where, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            self.add(where, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            self.add(where, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def check_url(self, holder: Payload, key: str, path: Path, *, schemes: tuple[str, ...], most: int = 2048) -> None:
        """`holder[key]`, if there, is an address with one of the schemes."""
        value = holder.get(key)
        where = (*path, key)
        if value is None:
            return
        if not isinstance(value, str):
            self.add(where, "BASE_TYPE_BAD_TYPE", "Could not interpret value as string.")
            return
        scheme, sign, rest = value.partition("://")
        if not sign or len(rest.split()) != 1:
            self.add(where, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif scheme.lower() not in schemes:
            allowed = ", ".join(f"'{name}'" for name in schemes)
            self.add(
                where,
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{scheme}" is not supported. Scheme must be one of ({allowed}).',
            )
        if len(value) > most:
            self._length(where, least=0, most=most)

    def _length(self, where: Path, *, least: int, most: int) -> None:
        if least <= 0:
            self.add(where, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        else:
            self.add(where, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
