"""Where others may have us call: what is closed, what an operator allows, and what no address is."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.outside import LOOPBACK, check_url, is_allowed, is_open, read_ranges, why_not

HTTP, HTTPS = urlsplit("http://wms.example/"), urlsplit("https://wms.example/")

OPEN = ("8.8.8.8", "203.0.114.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")
CLOSED = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "169.254.169.254",
    "169.254.170.2", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1", "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:a00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_the_public_internet_is_open(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", CLOSED)
def test_what_only_this_machine_its_network_or_its_host_can_reach_is_closed(address: str) -> None:
    assert not is_open(address)
    assert why_not([address], HTTPS, ()) == "endpoint.address"
    assert why_not(["8.8.8.8", address], HTTPS, ()) == "endpoint.address", "one of several is enough"


@given(st.ip_addresses(v=4))
def test_an_address_is_closed_in_every_form_that_it_has(address) -> None:
    mapped = ip_address((0xFFFF << 32) | int(address))
    by_nat64 = ip_address((0x64FF9B << 96) | int(address))
    assert is_open(str(mapped)) == is_open(str(by_nat64)) == is_open(str(address))


@given(st.ip_addresses())
def test_what_is_open_is_global_to_the_standard_library_too(address) -> None:
    if is_open(str(address)):
        called = getattr(address, "ipv4_mapped", None) or address
        assert not any((called.is_private, called.is_loopback, called.is_link_local, called.is_multicast))


def test_an_operators_ranges_open_what_they_name_and_no_more() -> None:
    ranges = read_ranges(" 10.1.0.0/16, fd00::/8 ,192.168.7.7")
    assert [is_allowed(each, ranges) for each in ("10.1.9.9", "10.2.0.1", "fd12::1", "192.168.7.7")] == [
        True,
        False,
        True,
        True,
    ]
    assert is_allowed("::ffff:10.1.0.1", ranges)
    assert why_not(["10.1.0.1"], HTTP, ranges) is None
    assert why_not(["10.1.0.1", "10.2.0.1"], HTTPS, ranges) == "endpoint.address"


def test_what_is_no_range_is_refused() -> None:
    for text in ("10.0.0.1/8", "everything", "10.0.0.0/33"):
        with pytest.raises(ValueError, match=text):
            read_ranges(text)


def test_only_an_allowed_address_is_called_without_tls() -> None:
    assert why_not(["8.8.8.8"], HTTP, ()) == "endpoint.https"
    assert why_not(["8.8.8.8"], HTTP, LOOPBACK) == "endpoint.https"
    assert why_not(["127.0.0.1"], HTTP, LOOPBACK) is None
    assert why_not(["8.8.8.8"], HTTPS, ()) is None
    assert why_not([], HTTPS, LOOPBACK) == "endpoint.address", "a name that stands for nothing"


@pytest.mark.parametrize(
    "url",
    [
        "https://wms.example/hooks?shop=1",
        "https://xn--fiqs8s.example",
        "https://wms.example:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]:443/",
    ],
)
def test_an_endpoint_is_a_public_https_address(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8081/andon",
        "http://[::1]:8080/",
        "http://localhost:9/",
        "http://warehouse.localhost./",
        "http://warehouse:8000/",
        "http://wms.internal/",
    ],
)
def test_the_operators_own_are_taken_where_they_are_allowed(url: str) -> None:
    check_url(url, LOOPBACK)
    with pytest.raises(Invalid) as refusal:
        check_url(url)
    assert refusal.value.code == "endpoint.address"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://wms.example/", "endpoint.https"),
        ("http://8.8.8.8/", "endpoint.https"),
        ("https://wms.example:25/", "endpoint.port"),
        ("https://8.8.8.8:22/", "endpoint.port"),
        ("https://169.254.169.254/latest/meta-data/", "endpoint.address"),
        ("https://[::ffff:127.0.0.1]/", "endpoint.address"),
        ("https://[fd00:ec2::254]/", "endpoint.address"),
        ("https://localhost/", "endpoint.address"),
        ("https://metadata.google.internal/", "endpoint.address"),
        ("https://intranet/", "endpoint.address"),
        ("https://printer.local/", "endpoint.address"),
    ],
)
def test_what_is_closed_is_refused_when_it_is_set(url: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_url(url)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "",
        "wms.example",
        "ftp://wms.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "https://user:secret@wms.example",
        "https://wms.example@127.0.0.1/",
        "https://wms.example/#part",
        "https://wms.example/a b",
        "https://wms.example/\n",
        "https://wms.example:99999",
        "https://wms.example:0",
        "https://wms.example:x",
        "https://仓.example",
        "https://wms\\.example",
        "https://wms%2eexample/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1.:99/",
        "http://0/",
        "http://0x/",
        "https://wms.example/" + "x" * 2_000,
    ],
)
def test_any_other_text_is_no_endpoint(url: str) -> None:
    for allowed in ((), LOOPBACK):
        with pytest.raises(Invalid) as refusal:
            check_url(url, allowed)
        assert refusal.value.code == "endpoint.url"
