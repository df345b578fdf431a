"""The normal form of a master's address."""

from __future__ import annotations

import pytest

from determined.common.api._url import normalize_address


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("master", "http://master:8080"),
        ("master:9000", "http://master:9000"),
        (" master/ ", "http://master:8080"),
        ("http://master", "http://master:80"),
        ("https://master", "https://master:443"),
        ("https://master:8443/det/", "https://master:8443/det"),
        ("HTTPS://Master.Example", "https://master.example:443"),
        ("[::1]", "http://[::1]:8080"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:8080"),
        ("http://[fe80::1%25eth0]:80", "http://[fe80::1%25eth0]:80"),
        ("http://M\u00fcnchen.example/det", "http://xn--mnchen-3ya.example:80/det"),
        ("http://xn--mnchen-3ya.example:80", "http://xn--mnchen-3ya.example:80"),
        ("\u65e5\u672c\u8a9e.jp:9000", "http://xn--wgv71a119e.jp:9000"),
        ("ftp://x", "http://ftp:8080//x"),
    ],
)
def test_an_address_has_one_normal_form(address: str, normal: str) -> None:
    assert normalize_address(address) == normal
    if not address.startswith("ftp"):
        assert normalize_address(normal) == normal


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "http://",
        "https://:8080",
        "http://user@master",
        "http://user:pass@master",
        "user:pass@master",
        "http://master?x=1",
        "http://master#part",
        "master:0",
        "master:65536",
        "master:port",
        "http://[::1",
        "http://[1::2::3]",
        "1:2:3",
        "http://ho st",
        "http://a\\b",
        "http://\u2603.net",
        "http://\u202e.example",
        "http://" + "\u00e4" * 80 + ".example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        normalize_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://ada:s3cret@master",
        "ada:s3cret@master:8080",
        "ada:s3cret/@master",
        "http://ada:s3cret#@master",
        "http://ada:s3cret?@master",
        "http://ada:[s3cret@master",
        "http://ada:s3cret\u2100@master",
    ],
)
def test_a_password_in_an_address_is_not_repeated_in_the_error(address: str) -> None:
    with pytest.raises(ValueError, match="address") as caught:
        normalize_address(address)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None
