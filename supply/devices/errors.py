"""What can go wrong with a device, in a sentence for the person who stands before it."""

from supply.errors import SupplyError


class DeviceError(SupplyError):
    """A device cannot do what was asked. `permanent`: trying again by itself is of no use, a person must act."""

    code = "device_error"

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
