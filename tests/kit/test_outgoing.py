"""Requests to addresses that strangers chose."""

import pytest

from courseway.kit.outgoing import AddressRefused, Outgoing, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "100.64.0.1",
        "224.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "fec0::1",
        "0.0.0.0",
    ],
)
def test_addresses_of_our_own_network_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_world_are_public() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")
    assert is_public("64:ff9b::5db8:d822")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user@127.0.0.1/",
        "nonsense",
    ],
)
async def test_a_postback_never_reaches_into_our_own_network(url: str) -> None:
    with pytest.raises(AddressRefused):
        await Outgoing().post(url, b"{}", {})
