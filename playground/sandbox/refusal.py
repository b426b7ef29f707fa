"""The one exception of the room, which becomes a 4xx response."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mishap
    """A request that is answered with a 4xx.

    fields  JSON Pointer of a field -> what is wrong with it
    """

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields = fields or {}
