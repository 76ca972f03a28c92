"""LibreOffice, where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

from pypdf import PdfReader


def opens_in_libreoffice(file: Path) -> bool | None:
    """Does the file become a PDF with pages? None where LibreOffice is not installed, which is an error when CI is set."""
    program = shutil.which("soffice")
    if program is None:
        assert not os.environ.get("CI"), "LibreOffice is not installed"
        return None
    profile = f"-env:UserInstallation={(file.parent / 'office').as_uri()}"
    command = (program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file))
    subprocess.run(command, check=True, capture_output=True)
    return len(PdfReader(file.with_suffix(".pdf")).pages) > 0
