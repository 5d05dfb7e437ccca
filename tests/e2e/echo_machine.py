"""A boot sector that does as little as an operating system can, to try the test machine itself on.

It says "echo ready", then repeats each key of the keyboard and each byte of the serial line, on the
screen and on the serial line, and in between reads its boot stick without end.
"""

from __future__ import annotations

GREETING = "echo ready"

_CODE = """
    31c0 8ed8 8ec0      xor ax,ax; mov ds,ax; mov es,ax
    88d1 51             mov cl,dl; push cx              (the boot drive)
    be577c              mov si,greeting
    ac 84c0 7405        lodsb; test al,al; jz listen
    e82e00 ebf6         call put; jmp lodsb
    bafd03 ec a801      listen: mov dx,3fdh; in al,dx; test al,1
    7406 b2f8 ec        jz keyboard; mov dl,f8h; in al,dx
    e81e00              call put
    b401 cd16 7407      keyboard: mov ah,1; int 16h; jz disk
    b400 cd16           mov ah,0; int 16h
    e81100              call put
    5a 52 b600          disk: pop dx; push dx; mov dh,0
    b80102 b90100       mov ax,201h; mov cx,1           (read one sector)
    bb0090 cd13 ebd4    mov bx,9000h; int 13h; jmp listen
    50 bafd03 ec        put: push ax; mov dx,3fdh; in al,dx
    a820 74fb 58        test al,20h; jz in; pop ax
    b2f8 ee             mov dl,f8h; out dx,al
    bb0700 b40e cd10    mov bx,7; mov ah,0eh; int 10h
    c3                  ret
"""

_INSTRUCTION_COLUMN = 20


def boot_sector() -> bytes:
    """Return the 512 bytes."""
    code = "".join(line.strip()[:_INSTRUCTION_COLUMN] for line in _CODE.splitlines())
    program = bytes.fromhex(code) + GREETING.encode() + b"\r\n\0"
    return program.ljust(510, b"\0") + b"\x55\xaa"
