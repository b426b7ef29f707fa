"""The IP addresses that a URL of a provider or a person may resolve to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.providers.addresses import is_local, is_public

PUBLIC = ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]
LOCAL = [
    "127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "fe80::1",
    "fe80::1%eth0", "0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "255.255.255.255", "240.0.0.1",
    "224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1", "100.100.100.200", "192.0.0.192",
    "168.63.129.16", "fd00:ec2::254", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "192.88.99.1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2001::1", "2001:db8::1", "fec0::1",
    "3fff::1", "::127.0.0.1", "64:ff9b:1::7f00:1", "100::1", "4000::1",
    "", "localhost", "1.1.1", "0x7f.1", "1.1.1.1 ", "１.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_permitted(address: str) -> None:
    assert (is_public(address), is_local(address)) == (True, False)


@pytest.mark.parametrize("address", LOCAL)
def test_a_local_address_is_permitted_for_the_trusted_origin_only(address: str) -> None:
    assert (is_public(address), is_local(address)) == (False, True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_always_forbidden(address: str) -> None:
    assert (is_public(address), is_local(address)) == (False, False)


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_classified_like_the_inner_address(
    address: ipaddress.IPv4Address,
) -> None:
    for hidden in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(hidden) == is_public(str(address))
        assert is_local(hidden) == is_local(str(address))


@given(st.ip_addresses())
def test_no_private_or_multicast_address_counts_as_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not (is_public(str(address)) and (address.is_private or address.is_multicast))
