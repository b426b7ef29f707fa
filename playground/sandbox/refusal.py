"""The exception of this package that becomes a 4xx response."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mishap
    """The request is answered with a 4xx.

    fields  {JSON Pointer: message}
    """

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields = fields or {}
