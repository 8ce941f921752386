"""What can be wrong with a chain, and with a value that runs through one."""


class TransformSpecError(ValueError):
    """A chain that cannot be: `path` is the place inside it (`[1].length`), empty for the whole."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class ValueRejectedError(ValueError):
    """A value that a transform cannot use; `code` is a stable reason code, `detail` the value or what is wrong."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
