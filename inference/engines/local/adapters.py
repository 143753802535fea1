"""Several adapters over one model's weights, in a process that serves them side by side.

An adapter costs its own few megabytes and nothing of the base model's. Which one computes is a state of the model, so
whoever runs it holds it meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inference.engines.protocol import BASE_WEIGHTS
from inference.errors import ModelMissing


class Adapters:
    """`model`: a causal language model of transformers; adapters are PEFT's folders."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._peft: Any = None
        self._names: set[str] = set()
        self._active: str = BASE_WEIGHTS
        self._held = threading.RLock()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)

    def load(self, name: str, folder: Path) -> None:
        """Loads or replaces the adapter of that name. Raises ModelMissing where the folder holds none."""
        if not name or not (folder / "adapter_config.json").is_file():
            raise ModelMissing(f"No adapter in {folder.name}.")
        from peft import PeftModel

        with self._held:
            if name in self._names:
                self.unload(name)
            if self._peft is None:
                self._peft = PeftModel.from_pretrained(self.model, folder, adapter_name=name)
                self._peft.eval().requires_grad_(False)
            else:
                self._peft.load_adapter(folder, adapter_name=name)
            self._names.add(name)
            self._set(BASE_WEIGHTS)

    def unload(self, name: str) -> None:
        """Its memory is given back; requests that name it are refused from now on."""
        with self._held:
            if name in self._names:
                self._set(BASE_WEIGHTS)
                self._names.remove(name)
                self._peft.delete_adapter(name)

    @contextmanager
    def using(self, name: str) -> Iterator[None]:
        """The model computes with the adapter `name`, or as published for BASE_WEIGHTS; others wait meanwhile."""
        with self._held:
            if name != self._active:
                self._set(name)
            yield

    def _set(self, name: str) -> None:
        if self._peft is None:
            return
        if name == BASE_WEIGHTS:
            self._peft.base_model.disable_adapter_layers()
        else:
            if name not in self._names:
                raise ModelMissing(f"The adapter {name} is not loaded.")
            self._peft.base_model.enable_adapter_layers()
            self._peft.set_adapter(name)
            self._peft.requires_grad_(False)
        self._active = name
