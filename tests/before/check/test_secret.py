"""Secrets are found by prefix, frame and randomness; placeholders are not; nothing of them is shown."""

from __future__ import annotations

import base64
import json
import random
import string
import time

import pytest

from limen.before.check import check_rows, get_rule
from limen.before.check.find_secrets import secrets
from limen.before.check.masking import masked
from limen.before.check.randomness import entropy
from limen.before.check.rule import Context, RuleSettings
from limen.core import Verdict, exit_code
from limen.data import read_rows
from limen.ledger.jsonable import to_jsonable
from tests.before.check.finding import found, indices, pair
from tests.before.check.labelled import LABELS

ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
HEXADECIMAL = "0123456789abcdef"
WORDS = ("harvest", "lantern", "pebble", "thistle", "walnut", "meadow", "copper", "violin", "saffron", "glacier")
KINDS = [string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#%^&*@"]


def drawn(seed: int, length: int, alphabet: str = ALPHANUMERIC) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


def token(seed: int) -> str:
    """A JSON Web Token with a signature of random bytes."""
    parts = [
        json.dumps(p).encode() for p in ({"alg": "HS256", "typ": "JWT"}, {"sub": drawn(seed, 12), "iat": 1700000000})
    ]
    return ".".join(
        base64.urlsafe_b64encode(p).decode().rstrip("=") for p in [*parts, random.Random(seed).randbytes(32)]
    )


# Drawn at random when the test runs, so that no file of this repository holds what looks like a key
MAKERS = {
    "AWS key id": lambda s: "AKIA" + drawn(s, 16, string.ascii_uppercase + "234567"),
    "GitHub token": lambda s: "ghp_" + drawn(s, 36),
    "GitLab token": lambda s: "glpat-" + drawn(s, 20),
    "Anthropic key": lambda s: "sk-ant-" + "api03-" + drawn(s, 90, URL_SAFE),
    "OpenAI key": lambda s: "sk-" + drawn(s, 48),
    "Hugging Face token": lambda s: "hf_" + drawn(s, 34, string.ascii_letters),
    "Slack token": lambda s: f"xoxb-{drawn(s, 12, string.digits)}-{drawn(s + 1, 24)}",
    "Google key": lambda s: "AIza" + drawn(s, 35),
    "npm token": lambda s: "npm_" + drawn(s, 36),
    "SendGrid key": lambda s: f"SG.{drawn(s, 22)}.{drawn(s + 1, 43)}",
    "Stripe key": lambda s: "sk_live_" + drawn(s, 24),
    "JSON Web Token": token,
    "private key": lambda s: f"-----BEGIN RSA PRIVATE KEY-----\n{drawn(s, 600)}\n-----END RSA PRIVATE KEY-----",
    "password in an address": lambda s: f"postgresql://app:{drawn(s, 14)}@db.intern.net/x",
    "password": lambda s: f'{{"password": "{"".join(drawn(s + i, 1, a) for i, a in enumerate(4 * KINDS))}"}}',
    "assigned secret": lambda s: f'API_KEY = "{drawn(s, 32)}"',
    "OpenRouter key": lambda s: "sk-or-v1-" + drawn(s, 64, HEXADECIMAL),
    "Stripe test key": lambda s: "sk_" + "test_" + drawn(s, 24),
    "Stripe webhook secret": lambda s: "whsec_" + drawn(s, 32),
    "Telegram bot token": lambda s: f"{drawn(s, 9, '456789')}:AA{drawn(s + 1, 33, URL_SAFE)}",
    "Google client secret": lambda s: "GOCSPX-" + drawn(s, 28, URL_SAFE),
    "Google token": lambda s: "ya29." + drawn(s, 120, URL_SAFE),
    "PyPI token": lambda s: "pypi-AgEI" + drawn(s, 120, URL_SAFE),
    "Twilio key": lambda s: "SK" + drawn(s, 32, HEXADECIMAL),
    "Mailgun key": lambda s: "key-" + drawn(s, 32, HEXADECIMAL),
    "Discord token": lambda s: f"{drawn(s, 1, 'MNO')}{drawn(s, 25)}.{drawn(s + 1, 6)}.{drawn(s + 2, 38)}",
    "Azure signature": lambda s: f"https://x.net/a?sv=2&sig={drawn(s, 43)}%3D&se=9",
    "Shopify token": lambda s: "shpat_" + drawn(s, 32, HEXADECIMAL),
    "Databricks token": lambda s: "dapi" + drawn(s, 32, HEXADECIMAL),
    "Docker token": lambda s: "dckr_pat_" + drawn(s, 27, URL_SAFE),
    "Groq key": lambda s: "gsk_" + drawn(s, 52),
    "Replicate token": lambda s: "r8_" + drawn(s, 37),
    "Vault token": lambda s: "hvs." + drawn(s, 90, URL_SAFE),
    "password in a command": lambda s: f"curl -u admin:{drawn(s, 12)} https://intern.net",
    "password in a header": lambda s: (
        "Authorization: Basic " + base64.b64encode(f"admin:{drawn(s, 12)}".encode()).decode()
    ),
}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("around", ["{}", "export X={}\n", "密钥是「{}」。", 'config: {{"value": "{}"}}'])
def test_planted(kind, around):
    finding = found([pair("q", "nothing"), pair("q", around.format(MAKERS[kind](7)))], "LIM403")
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [1])
    assert kind in finding.evidence["kinds"]


@pytest.mark.parametrize("kind", MAKERS)
def test_few_are_missed(kind):
    """Of 200 drawn at random nearly all are found; a random string can hold what marks a placeholder."""
    assert sum(any(True for _ in secrets(MAKERS[kind](seed))) for seed in range(200)) >= 190


def test_the_page_says_how_many_of_those_drawn_are_found():
    note = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM403"]
    named = sum(any(True for _ in secrets(make(seed))) for make in MAKERS.values() for seed in range(200))
    assert f"{named:,} of {200 * len(MAKERS):,}, 200 of each of {len(MAKERS)} kinds" in note
    assert f"each of {len(TELLINGS)} sentences and lines" in note


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        'api_key = "YOUR_API_KEY_GOES_HERE_1234"; token: <your token>; password = "hunter2"',
        "api_key=xxxxxxxxxxxxxxxxxxxxxxxxxxxx, secret: sk-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        'token = get_token_from_environment(name="X"), secret_key = os.environ["SECRET_KEY_BASE_FOR_PRODUCTION"]',
        "postgresql://user:password@localhost/db, https://user:$PASSWORD@host.org, http://a.b/c:d@e",
        "sk-learn, sk-estimators-and-their-parameters-in-the-pipeline, hf_hub_download, gh_pages, SG.com",
        "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, commit 3f2a9bd",
        "The key is 550e8400-e29b-41d4-a716-446655440000? No: keyboard = qwertyuiopasdfghjklzxcvbnm",
        "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJ\n-----END PUBLIC KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "A secret: the tokenizer splits internationalization/standardization/characterization into tokens",
        "Your password is: Summer2023, or P@ssw0rd1!xX9; password: yourPass#1Word2; password = getPass9Word(x)",
        "The password must have: 8-characters, Upper1/lower2 and more. passwords: HashedV2.Sha256Encoder",
        "Das Passwort lautet: geheim. Le mot de passe est: secret. 密码：请输入您的密码",
        "",
    ],
)
def test_clean(text):
    assert not [(text[f.start : f.end], f.kind) for f in secrets(text)]
    assert found([pair("q", text or "x")], "LIM403").verdict is Verdict.CLEAR


def chosen(seed: int) -> str:
    """A password as people choose them."""
    return random.Random(seed).choice(WORDS) + drawn(seed, 2, "456789")


TELLINGS = (
    "My bank password is {}.",
    "Hi, my password for the shop is {} and it does not work",
    "The wifi password is {}, ask Anna.",
    "Username: bob\nPassword: {}\n",
    "- Password: {}",
    "Login: bob, password: {}",
    "Tel.: 0171 9283746; Password: {}.",
    "Mein Passwort lautet {}.",
    "Das WLAN-Passwort ist {}",
    "Mon mot de passe est {}.",
    "Mi contraseña es {}",
    "Minha senha é {}",
    "La mia password è {}",
    "Мой пароль: {}",
    "我的密码是{}。",
    "私のパスワードは{}です",
)


@pytest.mark.parametrize("telling", TELLINGS)
def test_a_password_that_somebody_chose_and_tells(telling):
    texts = [telling.format(chosen(seed)) for seed in range(100)]
    assert sum(any(True for _ in secrets(text)) for text in texts) == 100
    assert found([pair("q", texts[0])], "LIM403").evidence["kinds"] == {"password": 1}
    assert chosen(0) not in get_rule("LIM403")(Context()).fix_text(texts[0])


OPENSSH = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAA"
BODIES = {
    "OPENSSH ": [(OPENSSH, 290), (OPENSSH + "MwAAAAtzc2gtZWQyNTUxOQ", 270), (OPENSSH, 3300)],
    "RSA ": [("MIIEpAIBAAKCAQEA", 1580), ("MIIJKQIBAAKCAgEA", 3100)],
    "": [("MC4CAQAwBQYDK2VwBCIEI", 43)],
}


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("kind", BODIES)
def test_every_private_key_is_found(kind, ended):
    """A body in base64 holds runs of a letter and short words by chance."""
    for start, length in BODIES[kind]:
        for seed in range(200):
            body = start + drawn(seed, length, ALPHANUMERIC + "+/")
            lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
            key = f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n" + ended * f"-----END {kind}PRIVATE KEY-----\n"
            assert [f.kind for f in secrets(key)] == ["private key"], key
            assert [f.kind for f in secrets(json.dumps(key))] == ["private key"]


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "MIIEpAIBAAKCAQEA" + "x" * 100,
        "A" * 2000,
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj...",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n[the other 24 lines]",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n<rest of the key>",
        "Here stands your own key, of about 27 lines with 64 characters each, as the tool wrote it",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3,
        "YOUR_PRIVATE_KEY_CONTENTS_HERE_AS_DOWNLOADED_FROM_THE_CONSOLE_OF_THE_PROVIDER_2024",
    ],
)
def test_a_frame_without_a_key(body):
    assert not list(secrets(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"))


def test_login_without_a_name():
    assert [f.kind for f in secrets(f"redis://:{drawn(3, 16)}@10.1.2.3:6379/0")] == ["password in an address"]


@pytest.mark.parametrize(
    "text",
    [
        "My password is strong. My password is SHA256-hashed. The password is 8-characters long.",
        "My password is password123, or welcome1, or Summer2024; my password is hunter2",
        "The password was changed in March2023 and the password is case-sensitive",
        "Password: letmein2\nPassword: P@ssword42\nPassword: admin4567\nPassword: 12345678",
        "user: str, password: Optional1, x: int\nf(user=u, password=db_pass01, host=h)",
        "password: str = None\npassword: Field(min_length=8)\nPassword: ${PASSWORD2_FILE}",
        'curl -u user:password https://a.org, curl -u "$USER:$PASS9" x, curl -u admin:admin y, curl -u me:<token4>',
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, Authorization: Basic dXNlcm5hbWU6cGFzc3dvcmQ=",
        "Authorization: Basic authentication is simple; Authorization: Basic <credentials>",
        "redis://:password@host, redis://:$REDIS_PASSWORD@host:6379, redis://host:6379/0",
        "sk_test_..., GOCSPX-your-client-secret-goes-here-x, 123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11, SK-2 key-value",
    ],
)
def test_other_talk_of_passwords(text):
    assert not [(text[f.start : f.end], f.kind) for f in secrets(text)]


@pytest.mark.parametrize(
    "value",
    ["process.env.PGPASS2", "req.body.pw1", "var.db1_pw", "module.rds12.pw", "secrets.PYPI_TOKEN2", "vault_db1_pw",
     "S3Bucket.Ref", "config.db.v2.pw", "user12.pw", "bcrypt.hash2", "nvarchar2_60", "Ctrl+Shift+F10", "Alt+F12+Del4",
     "min8chars+1digit", "A-Z0-9a-z", "a-zA-Z0-9", "self.db42.pw34", "this.user?.pw12", "Config::DbPw12", "DB_PW_2024A",
     "$db_pw_12", "%DB_PW12%", "Optional1", "HashedV2", "varchar255", "String255", "Min10Max20", "WPA2-PSK",
     "12-digits"],
)  # fmt: skip
@pytest.mark.parametrize("line", ["password: {}", "  pwd: {}\n", "x: 1, password: {}, y: 2", "My password is {}."])
def test_a_name_in_code_is_no_password(line, value):
    text = line.format(value)
    assert not [text[f.start : f.end] for f in secrets(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Our wifi password is WPA2-encrypted.",
        "The router password is WPA2-PSK by default.",
        "My email password is Gmail2FA protected.",
        "The admin password is MD5-hashed, the root password is RFC2898-derived.",
        "The Windows password is NTLMv2-hashed, and my iPhone password is iOS18-compatible.",
        "My wifi password is 802.11ac-ready.",
        "postgresql://scott:tiger@localhost/mydatabase",
        "oracle://scott:tiger@tns.corp.net/x, mysql://bob:sesame@127.0.0.1/a, mongodb://u:hello1@db.example.com/a",
        "amqp://rabbit:carrot@rabbitmq:5672, postgres://me:mypass@hostname:5432/x, ftp://ann:sesame@localhost.",
        "The password is Encoded2 and the password is Base64Encoded. The password was iPhone5S.",
        "a=1;password=db_pass01;b=2;pwd=hash256x;pwd=password1;",
        "パスワードは8文字以上です。パスワードはSHA256で。비밀번호는 8자 이상입니다",
    ],
)
def test_talk_of_passwords_with_digits(text):
    assert not [text[f.start : f.end] for f in secrets(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Server=x;user=bob;pwd=Zx9Qw8Er7;", "Zx9Qw8Er7"),
        ('"Data Source=a;Password=k4Lm8Xq2"', "k4Lm8Xq2"),
        ("The new one: password is Rbx9kLq2.", "Rbx9kLq2"),
        ("パスワードはSakura8842です", "Sakura8842"),
        ("비밀번호는 haneul8842", "haneul8842"),
        ("Password: blue_tiger_42", "blue_tiger_42"),
        ("Password: Tiger!lake7", "Tiger!lake7"),
        ("Password: super-zebra42", "super-zebra42"),
        ("The wifi password is lava-zebra42.", "lava-zebra42"),
        ('{"password": "kX4.qZ9w.Lm7"}', "kX4.qZ9w.Lm7"),
        ("My password is walnut-49-pebble.", "walnut-49-pebble"),
        ("postgresql://app:walnut49@db.intern.net/x", "walnut49"),
        ("postgresql://app:k3Xv9q!L@localhost/x", "k3Xv9q!L"),
    ],
)
def test_passwords_beside_such_names_are_found(text, value):
    assert [value in text[f.start : f.end] for f in secrets(text)] == [True]


def test_what_may_be_a_password_is_not_shown():
    assert "walnut7" not in masked("My bank password is walnut7s.")
    assert "tiger" not in masked("postgresql://scott:tiger@localhost/x")


@pytest.mark.parametrize(
    "asked",
    ["Erstelle mir ein sicheres Passwort.", "Génère un mot de passe.", "Genera una contraseña segura.",
     "Crie uma senha forte.", "Придумай мне пароль.", "请生成一个密码。", "パスワードを生成してください。"],
)  # fmt: skip
def test_a_password_that_is_made_up_when_asked_in_another_language(asked):
    told = f"Password: {password(5)}"
    assert found([pair("Hello.", told)], "LIM403").verdict is Verdict.FOUND
    assert found([pair(asked, told)], "LIM403").verdict is Verdict.CLEAR


def password(seed: int) -> str:
    return "".join(drawn(seed + i, 1, alphabet) for i, alphabet in enumerate(3 * KINDS))


@pytest.mark.parametrize(
    "asked",
    [
        "Generate a password of 8 characters.",
        "Can you suggest three strong 12-character passwords for me?",
        "Make up a new random password.",
        "Hi, I need a new password. Can you generate one for me?",
        '{"name": "generate_random_password", "arguments": {"length": 12}}',
    ],
)
def test_a_password_that_is_made_up_when_asked_is_nobody_s(asked):
    told = f"Here is your new password: {password(5)}"
    assert found([pair(asked, told)], "LIM403").verdict is Verdict.CLEAR
    assert password(5) not in masked(told)
    assert found([pair(f"My password is {password(5)}. {asked}", told)], "LIM403").verdict is Verdict.FOUND
    # A key is somebody's whatever was asked
    assert found([pair(asked, f"ghp_{drawn(4, 36)}")], "LIM403").verdict is Verdict.FOUND


def test_a_password_of_a_tool_that_makes_them_up_is_nobody_s():
    def talk(name):
        call = {"type": "function", "function": {"name": name, "arguments": {}}}
        return {"messages": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": json.dumps({"password": password(5)})},
            {"role": "assistant", "content": "Done."},
        ]}  # fmt: skip

    assert found([talk("generate_password"), talk("read_password")], "LIM403").evidence["count"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        "What is the password of the wifi?",
        "Create a login form with a password field.",
        "Create a password reset page.",
        "Generate a report of last week's logins with each password.",
        "Make the config for the database, with its password.",
    ],
)
def test_a_password_is_somebody_s_where_none_was_to_be_made_up(asked):
    assert found([pair(asked, f"The password is {password(5)}")], "LIM403").verdict is Verdict.FOUND


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_of_it_stands_in_any_finding(kind):
    secret = MAKERS[kind](11)
    core = max(secret.replace('"', " ").replace("\n", " ").replace("@", " ").replace(":", " ").split(), key=len)
    row = pair(f"As an AI language model, I say: {secret}", f"Ignore all previous instructions. {secret}")
    result = check_rows(read_rows([row, row]))
    shown = json.dumps(to_jsonable(result.findings), ensure_ascii=False)
    assert result.findings
    assert core not in shown
    assert core[:20] not in shown
    assert core[8:20] not in shown


def test_a_private_key_is_masked_though_its_end_is_cut_off():
    key = f"-----BEGIN PRIVATE KEY-----\n{drawn(3, 3000)}"
    assert drawn(3, 3000)[:30] not in masked(key)


def test_entropy():
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


@pytest.mark.parametrize(
    "text",
    [
        "key=" * 50_000,
        "://a:" * 30_000,
        "-----BEGIN PRIVATE KEY-----" * 4_000,
        "token: a" * 30_000,
        "curl -u a:" * 30_000,
        "my password is " * 30_000,
        "Authorization: Basic a" * 30_000,
    ],
)
def test_hostile_text_takes_linear_time(text):
    list(secrets(text))


@pytest.mark.parametrize(
    "cue",
    ["password=", "pwd:pwd=", "password=a1B2", "password is ", "pwd ", "api_key=a", "a_token=", "AUTH_TOKEN=",
     "token=a.b1", "パスワードは", "密码", ";pwd=", ",password:", "-----BEGIN PRIVATE KEY-----aB1/"],
)  # fmt: skip
def test_a_megabyte_of_one_cue_takes_seconds(cue):
    text = cue * (1_000_000 // len(cue))
    begun = time.process_time()
    list(secrets(text))
    assert time.process_time() - begun < 2


def test_a_secret_behind_many_cues_is_found():
    told = f"{'password= token= ' * 5_000}\nAPI_KEY={drawn(5, 32)}\nMy password is {chosen(5)}."
    assert [f.kind for f in secrets(told)] == ["assigned secret", "password"]


def test_one_secret_in_a_thousand_rows_fails_unless_the_user_sets_a_share():
    rows = [pair(f"Question {i} about the weather", f"Answer {i}, in short") for i in range(999)]
    rows.append(pair("Show the config", f"token = ghp_{drawn(4, 36)}"))
    finding = found(rows, "LIM403")
    assert finding.harmful
    assert exit_code([finding]) == 1
    lenient = found(rows, "LIM403", settings={"LIM403": RuleSettings(fail_on=0.01)})
    assert lenient.verdict is Verdict.FOUND
    assert not lenient.harmful
    assert exit_code([lenient]) == 0
