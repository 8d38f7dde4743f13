"""
without-netlink.py open|ask COMMAND...: runs a command for which, by a seccomp filter, the kernel refuses to open
netlink sockets, or to take any request on one.
"""

import ctypes
import os
import platform
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE_WITH_EPERM = 0x7FFF0000, 0x00050001
AF_NETLINK = 16
# The audit architecture, and the numbers of socket(2) and sendto(2) there. Node sends by sendto on no other socket.
ARCHITECTURE, SOCKET, SENDTO = {
    "x86_64": (0xC000003E, 41, 44),
    "aarch64": (0xC00000B7, 198, 206),
}[platform.machine()]
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16


def operation(code, value, on_equal=0, otherwise=0):
    return struct.pack("HBBI", code, on_equal, otherwise, value)


REFUSED = {
    "open": [
        operation(JUMP_IF_EQUAL, SOCKET, 0, 3),
        operation(LOAD, FIRST_ARGUMENT_AT),
        operation(JUMP_IF_EQUAL, AF_NETLINK, 0, 1),
        operation(RETURN, REFUSE_WITH_EPERM),
    ],
    "ask": [
        operation(JUMP_IF_EQUAL, SENDTO, 0, 1),
        operation(RETURN, REFUSE_WITH_EPERM),
    ],
}[sys.argv[1]]
PROGRAM = b"".join(
    [
        operation(LOAD, ARCHITECTURE_AT),
        operation(JUMP_IF_EQUAL, ARCHITECTURE, 0, 1 + len(REFUSED)),
        operation(LOAD, NUMBER_AT),
        *REFUSED,
        operation(RETURN, ALLOW),
    ]
)


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(PROGRAM, len(PROGRAM))
filter_ = Filter(len(PROGRAM) // 8, ctypes.addressof(buffer))
for request in [
    (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0),
]:
    if libc.prctl(*request) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[2], sys.argv[2:])
