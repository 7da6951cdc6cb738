"""Small matrix products inside compiled loops: four rows at a time, two vector registers wide, sums kept in registers.

For matrices of some dozens of rows a library call costs as much as its arithmetic; here the operands stay in the first cache. On
one core with AVX-512 a product of depth 32 runs at nine tenths of the peak. Matrices are padded with zeros: rows to a multiple of
ROWS, what is contiguous in `b` and `c` to a multiple of `lanes`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import DTypeLike, NDArray

from semtheory.models.compiled import inlined

Array = NDArray[Any]
ROWS = 4
INDEX = ir.IntType(64)


def lanes(dtype: DTypeLike) -> int:
    """How many numbers are computed together."""
    return 64 // np.dtype(dtype).itemsize


def round_up(count: int, of: int) -> int:
    """The least multiple of `of` that is at least `count`."""
    return -(-count // of) * of


def _tile(width: int) -> Callable[..., None]:
    """c[c0 + r c_row + n] += sum_k a[a0 + r a_row + k a_column] b[b0 + k b_row + n], r < ROWS, n < width lanes, k < depth >= 1."""

    @intrinsic
    def tile(
        typing: Any,
        a: Any, a0: Any, a_row: Any, a_column: Any,
        b: Any, b0: Any, b_row: Any,
        c: Any, c0: Any, c_row: Any,
        depth: Any, add: Any,
    ) -> Any:  # fmt: skip
        index = types.int64
        signature = types.void(a, index, index, index, b, index, index, c, index, index, index, types.boolean)

        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            a, a0, a_row, a_column, b, b0, b_row, c, c0, c_row, depth, add = given
            a, b, c = (
                context.make_array(signature.args[at])(context, builder, array).data
                for at, array in ((0, a), (4, b), (7, c))
            )
            kind = signature.args[0].dtype
            number, size = context.get_data_type(kind), kind.bitwidth // 8
            vector = ir.VectorType(number, 64 // size)
            nothing, first = ir.Constant(vector, ir.Undefined), ir.Constant(ir.IntType(32), 0)
            everywhere = ir.Constant(ir.VectorType(ir.IntType(32), 64 // size), [0] * (64 // size))

            def place(base: Any, offset: Any) -> Any:
                return builder.bitcast(builder.gep(base, [offset]), vector.as_pointer())

            def shifted(start: Any, stride: Any, times: int, more: int = 0) -> Any:
                return builder.add(
                    builder.add(start, builder.mul(stride, ir.Constant(INDEX, times))), ir.Constant(INDEX, more)
                )

            to = [shifted(c0, c_row, r, w * (64 // size)) for r in range(ROWS) for w in range(width)]
            zeros = ir.Constant(vector, [0.0] * (64 // size))
            start = [builder.select(add, builder.load(place(c, at), align=size), zeros) for at in to]
            before, loop, after = builder.block, builder.append_basic_block("k"), builder.append_basic_block("done")
            builder.branch(loop)
            builder.position_at_end(loop)
            k, from_a, from_b = (builder.phi(INDEX) for _ in range(3))
            sums = [builder.phi(vector) for _ in to]
            right = [
                builder.load(place(b, builder.add(from_b, ir.Constant(INDEX, w * (64 // size)))), align=size)
                for w in range(width)
            ]
            found = []
            for r in range(ROWS):
                one = builder.load(builder.gep(a, [shifted(from_a, a_row, r)]))
                left = builder.shuffle_vector(builder.insert_element(nothing, one, first), nothing, everywhere)
                for w in range(width):
                    term = builder.fmul(left, right[w], flags=("contract",))
                    found.append(builder.fadd(sums[r * width + w], term, flags=("contract",)))
            ahead = [builder.add(k, ir.Constant(INDEX, 1)), builder.add(from_a, a_column), builder.add(from_b, b_row)]
            begin = [ir.Constant(INDEX, 0), a0, b0]
            for phi, old, new in zip((k, from_a, from_b, *sums), (*begin, *start), (*ahead, *found), strict=True):
                phi.add_incoming(old, before)
                phi.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", ahead[0], depth), loop, after)
            builder.position_at_end(after)
            for value, at in zip(found, to, strict=True):
                builder.store(value, place(c, at), align=size)
            return context.get_dummy_value()

        return signature, generate

    made: Callable[..., None] = tile
    return made


_narrow, _wide = _tile(1), _tile(2)


@inlined
def product(
    a: Array, a0: int, a_row: int, a_column: int,
    b: Array, b0: int, b_row: int,
    c: Array, c0: int, c_row: int,
    rows: int, columns: int, depth: int, add: bool,
) -> None:  # fmt: skip
    """c = a b, or c += a b, each matrix given by its array, its first element, and how far apart its rows are.

    rows: a multiple of ROWS. columns: a multiple of `lanes`. depth: at least 1. Elements of a row of b and c are next to each
    other; those of a are `a_column` apart, so that a transposed matrix needs no copy. Nothing is checked.
    """
    vector = 64 // a.itemsize
    for n in range(0, columns, 2 * vector):
        for m in range(0, rows, ROWS):
            if n + vector < columns:
                _wide(a, a0 + m * a_row, a_row, a_column, b, b0 + n, b_row, c, c0 + m * c_row + n, c_row, depth, add)
            else:
                _narrow(a, a0 + m * a_row, a_row, a_column, b, b0 + n, b_row, c, c0 + m * c_row + n, c_row, depth, add)
