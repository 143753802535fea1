"""Which number format pays on which processor."""

import torch


def cpu_computes_bfloat16() -> bool:
    """Whether bfloat16 pays: oneDNN also accepts it on processors that only emulate it, where it is slower."""
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def fastest_dtype(device: str) -> torch.dtype:
    """bfloat16 where the processor computes in it; one that only emulates it reads prompts several times slower."""
    return torch.bfloat16 if device != "cpu" or cpu_computes_bfloat16() else torch.float32
