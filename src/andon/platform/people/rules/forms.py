"""What a name, an address, a password and a role may be."""

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from andon.kernel.errors import Invalid, codes
from andon.platform.outbox.rules import is_email
from andon.platform.people.permissions import ROLES

CODES = codes(
    {
        "credentials.role": ("This role may not do that", "该角色无此权限"),
        "credentials.several": ("Say for which party", "请指明代表哪一方"),
        "credentials.forged": ("Not sent from our own pages", "请求来源校验失败"),
        "credentials.session": ("Not signed in, or no longer", "未登录或登录已失效"),
        "sign_in.refused": ("E-mail or password is wrong", "邮箱或密码错误"),
        "sign_in.otp_needed": ("A one-time code is needed", "请输入动态验证码"),
        "sign_in.otp_refused": ("The one-time code is wrong or was used", "动态验证码错误或已使用"),
        "sign_in.too_often": ("Too many tries: wait a little", "尝试次数过多，请稍后再试"),
        "sign_in.insecure": ("Sign-in needs https", "登录需使用HTTPS"),
        "person.email": ("Not an e-mail address", "邮箱地址无效"),
        "person.name": ("Not a name that can be shown", "姓名含有无法显示的字符"),
        "person.password_short": ("A password has at least 12 characters", "密码至少12个字符"),
        "person.password_long": ("A password has at most 128 characters", "密码最多128个字符"),
        "person.password_guessable": ("This password is easily guessed", "密码过于简单，容易被猜中"),
        "person.password_wrong": ("The password is wrong", "密码错误"),
        "person.factor_set": ("There is a second factor already", "已启用双重验证"),
        "person.no_factor": ("There is no second factor", "未启用双重验证"),
        "person.not_found": ("No such person here", "未找到该人员"),
        "session.not_found": ("No such session", "未找到该登录会话"),
        "member.role": ("No such role of this party", "该方无此角色"),
        "member.there": ("They are a member already", "该人员已是成员"),
        "member.last": ("The last of this role cannot go", "至少须保留一名该角色成员"),
        "member.too_many": ("More people or invitations than a party has", "成员或邀请数量超出上限"),
        "invitation.not_found": ("No such invitation, or no longer", "邀请不存在或已失效"),
        "invitation.other_email": ("The invitation is for another address", "邀请发给了其他邮箱"),
        "reset.not_found": ("No such link, or no longer", "链接不存在或已失效"),
    }
)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
LONGEST_NAME = 100

_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
"""Characters that show nothing, steer the screen or turn the direction of writing."""
_LOOKALIKES = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"))
"""Scripts whose letters pass for each other's."""


def check_email(given: str) -> str:
    """The address in the one form in which it is kept; Invalid `person.email` for what is none."""
    if not is_email(given):
        raise Invalid("person.email", "an address is name@example.com")
    return given.lower()


def check_name(given: str) -> str:
    """The name as it is shown; Invalid `person.name` for what cannot be, or would pass for another."""
    name = " ".join(unicodedata.normalize("NFC", given).split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("person.name", f"1 to {LONGEST_NAME} characters")
    if any(unicodedata.category(char) in _UNSEEN for char in name):
        raise Invalid("person.name", "a character in it shows nothing or steers the screen")
    for word in re.split(r"[\s.\-'’·]+", name):
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
        if len(scripts & _LOOKALIKES) > 1:
            raise Invalid("person.name", "one word mixes scripts that look alike")
    return name


def check_password(given: str) -> str:
    """The password in the one form that is hashed; Invalid `person.password_short` or `person.password_long`.

    Whether it is guessable is not asked here.
    """
    password = unicodedata.normalize("NFC", given)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("person.password_short", f"{len(password)} characters")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("person.password_long", f"{len(password)} characters")
    return password


def check_role(party: str, role: str) -> str:
    """A role of that party; Invalid `member.role` for another."""
    if role not in ROLES[party]:
        raise Invalid("member.role", f"one of {', '.join(ROLES[party])}")
    return role


def check_party(wanted: str | None) -> str | None:
    """The party that a caller chose to act for, `supplier:3` or `operator`, or None; what names none is left out."""
    return wanted if wanted and re.fullmatch(r"(shop|supplier):[1-9][0-9]{0,17}|operator", wanted) else None


def place_of(address: str | None) -> str:
    """Where a try comes from: an IPv4 address, or the network that an IPv6 one is handed out with."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "nowhere"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network(f"{found}/64", strict=False))
    return str(found)


def guesses_of(name: str, email: str) -> Sequence[str]:
    """What anybody would try first as this person's password, the longest first."""
    words = {word for word in re.split(r"[^\w]+", f"{name} {email} andon".lower()) if len(word) > 2}
    return sorted(words, key=lambda word: (-len(word), word))


def is_about(password: str, words: Sequence[str]) -> bool:
    """Whether little is left of a password without these words."""
    rest = password.lower()
    for word in words:
        rest = rest.replace(word, "")
    return len(rest) < SHORTEST_PASSWORD // 2
