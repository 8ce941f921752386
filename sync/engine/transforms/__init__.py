"""The fixed catalogue of transforms, and chains of them."""

from sync.engine.transforms.catalogue import TRANSFORMS, TransformSpec
from sync.engine.transforms.chain import Chain, Step, compile_chain, dump_chain, parse_chain, run_chain, trace_kind
from sync.engine.transforms.errors import TransformSpecError, ValueRejectedError
from sync.engine.transforms.output import write_value

__all__ = [
    "TRANSFORMS",
    "Chain",
    "Step",
    "TransformSpec",
    "TransformSpecError",
    "ValueRejectedError",
    "compile_chain",
    "dump_chain",
    "parse_chain",
    "run_chain",
    "trace_kind",
    "write_value",
]
