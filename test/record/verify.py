"""Verifies a DSSE envelope with securesystemslib, the library of TUF and in-toto."""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

envelope_file, key_file = sys.argv[1:]
with open(envelope_file) as file:
    stored = json.load(file)
with open(key_file, "rb") as file:
    key = SSlibKey.from_crypto(load_pem_public_key(file.read()), keyid=stored["signatures"][0]["keyid"])
envelope = Envelope.from_dict(stored)
accepted = envelope.verify([key], 1)
print(json.dumps({"accepted": len(accepted), "statement": json.loads(envelope.payload)}))
