"""What tells the compiler that arrays do not overlap.

Without it LLVM compares the ends of all arrays of a loop before it runs the vectorised one, which for rows of some dozens of numbers
takes as long as their arithmetic; and for rows taken in falling order it gives up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

KNOWN = binding.llvm_version_info >= (17,)  # before, LLVM had no such hint: the loops are then right, and slower


class Hint(ir.CallInstr):
    """llvm.assume of `separate_storage`: the builder of llvmlite has no operand bundles."""

    pointers: tuple[Any, Any]

    def descr(self, buf: list[str], add_metadata: bool = True) -> None:
        one, other = (pointer.get_reference() for pointer in self.pointers)
        buf.append(f'call void @"llvm.assume"(i1 true) ["separate_storage"(ptr {one}, ptr {other})]\n')


@intrinsic
def _separate(typing: Any, arrays: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        pointers = [
            context.make_array(kind)(context, builder, builder.extract_value(given[0], at)).data
            for at, kind in enumerate(signature.args[0])
        ]
        bit = ir.IntType(1)
        assume = builder.module.declare_intrinsic("llvm.assume", (), ir.FunctionType(ir.VoidType(), [bit]))
        for at, one in enumerate(pointers if KNOWN else ()):
            for other in pointers[:at]:
                hint = Hint(builder.block, assume, [bit(1)])
                hint.pointers = one, other
                builder._insert(hint)
        return context.get_dummy_value()

    return types.void(arrays), generate


separate: Callable[[tuple[Any, ...]], None] = cast(Any, _separate)
"""separate((a, b, ...)), in a compiled loop: no two of these arrays share memory. Nothing is checked."""
