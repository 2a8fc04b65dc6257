"""How TLS connections are made and verified, for all types that make some."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from exporter.probes.check import TlsCheck


class Block(BaseModel):
    """Base of a block within a probe's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TlsSettings(Block):
    """How TLS connections are made and verified."""

    ca_file: str = ""
    server_name: str = ""
    min_version: Literal["1.2", "1.3"] = "1.2"
    cert_file: str = ""
    key_file: str = ""
    insecure: bool = False

    @model_validator(mode="after")
    def _key_needs_certificate(self) -> Self:
        if self.key_file and not self.cert_file:
            msg = "`key_file` needs `cert_file`"
            raise ValueError(msg)
        return self

    def check(self, *, alpn: str = "http/1.1") -> TlsCheck:
        """Compile what makes an OpenSSL context that offers a protocol, or none where `alpn` is empty."""
        return TlsCheck(self.ca_file, self.min_version, self.cert_file, self.key_file, alpn)
