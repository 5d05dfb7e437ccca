"""What happened on the bus, told from two lists of devices."""

from __future__ import annotations

from strongroom.core.machine.model import DeviceEvent, UsbDevice


def device_events(
    before: tuple[UsbDevice, ...], after: tuple[UsbDevice, ...]
) -> tuple[DeviceEvent, ...]:
    """Devices that went, came, or are used in another way now."""
    old, new = {d.id: d for d in before}, {d.id: d for d in after}
    gone = (DeviceEvent(kind="removed", device=old[i]) for i in old if i not in new)
    come = (DeviceEvent(kind="plugged", device=new[i]) for i in new if i not in old)
    other = (
        DeviceEvent(kind="changed", device=new[i]) for i in new if i in old and new[i] != old[i]
    )
    return (*gone, *come, *other)
