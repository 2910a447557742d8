"""The formats of keys and tokens, as their issuers publish them: prefixes, alphabets and lengths."""

from __future__ import annotations

_W = r"[A-Za-z0-9_-]"
_END = r"(?![A-Za-z0-9])"
LEAST_KEY = 20
"""Characters without a space that each of them holds, but for a private key with its frame."""

KEY_FORMATS: tuple[tuple[str, str, str], ...] = (
    # what must stand in the text, the pattern, what it is
    ("AKIA", r"(?<![A-Za-z0-9])AKIA[0-9A-Z]{16}" + _END, "AWS key id"),
    ("ASIA", r"(?<![A-Za-z0-9])ASIA[0-9A-Z]{16}" + _END, "AWS key id"),
    *((f"gh{c}_", rf"(?<![A-Za-z0-9])gh{c}_[A-Za-z0-9]{{36,251}}" + _END, "GitHub token") for c in "pousr"),
    ("github_pat_", r"github_pat_[A-Za-z0-9_]{60,90}", "GitHub token"),
    *(
        (f"gl{kind}-", rf"(?<!{_W})gl{kind}-{_W}{{20,300}}", "GitLab token")
        for kind in ("pat", "ptt", "rt", "dt", "cbt")
    ),
    ("sk-ant-", rf"sk-ant-{_W}{{20,200}}", "Anthropic key"),
    ("sk-or-", r"(?<![A-Za-z0-9])sk-or-v1-[a-f0-9]{64}", "OpenRouter key"),
    ("sk-", rf"(?<![A-Za-z0-9])sk-(?!ant-|or-)(?:proj-|svcacct-|admin-)?{_W}{{32,200}}", "OpenAI key"),
    ("hf_", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}" + _END, "Hugging Face token"),
    ("xox", r"xox[abeprs]-[A-Za-z0-9-]{10,250}", "Slack token"),
    ("xapp-", r"xapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,16}-[a-f0-9]{64}", "Slack token"),
    ("hooks.slack.com/services/", r"hooks\.slack\.com/services/T\w{6,12}/B\w{6,12}/\w{16,32}", "Slack webhook"),
    ("AIza", rf"AIza{_W}{{35}}(?!{_W})", "Google key"),
    ("ya29.", rf"ya29\.{_W}{{20,300}}", "Google token"),
    ("npm_", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}" + _END, "npm token"),
    ("pypi-", rf"pypi-AgEI{_W}{{50,300}}", "PyPI token"),
    ("SG.", rf"(?<![A-Za-z0-9])SG\.{_W}{{22}}\.{_W}{{43}}", "SendGrid key"),
    ("k_live_", r"(?<![A-Za-z0-9])[rs]k_live_[0-9A-Za-z]{24,120}", "Stripe key"),
    ("k_test_", r"(?<![A-Za-z0-9])[rs]k_test_[0-9A-Za-z]{24,120}", "Stripe test key"),
    ("whsec_", r"whsec_[A-Za-z0-9+/]{24,64}", "Stripe webhook secret"),
    (":AA", rf"(?<!{_W})[0-9]{{8,10}}:AA{_W}{{33}}(?!{_W})", "Telegram bot token"),
    ("GOCSPX-", rf"GOCSPX-{_W}{{28}}(?!{_W})", "Google client secret"),
    ("SK", r"(?<![A-Za-z0-9])SK[0-9a-f]{32}" + _END, "Twilio key"),
    ("key-", r"(?<![A-Za-z0-9])key-[0-9a-f]{32}" + _END, "Mailgun key"),
    (".", rf"(?<!{_W})[MNO][A-Za-z0-9_-]{{23,27}}\.{_W}{{6}}\.{_W}{{27,38}}(?!{_W})", "Discord token"),
    ("sig=", r"(?<=[?&;])sig=[A-Za-z0-9%]{43,60}%3[dD]", "Azure signature"),
    ("shp", r"(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}" + _END, "Shopify token"),
    ("dapi", r"(?<![A-Za-z0-9])dapi[0-9a-f]{32}" + _END, "Databricks token"),
    ("dckr_", rf"dckr_(?:pat|oat)_{_W}{{27,40}}", "Docker token"),
    ("gsk_", r"(?<![A-Za-z0-9])gsk_[A-Za-z0-9]{52}" + _END, "Groq key"),
    ("xai-", r"(?<![A-Za-z0-9])xai-[A-Za-z0-9]{70,90}" + _END, "xAI key"),
    ("r8_", r"(?<![A-Za-z0-9])r8_[A-Za-z0-9]{37}" + _END, "Replicate token"),
    ("hvs.", rf"(?<![A-Za-z0-9])hvs\.{_W}{{24,200}}", "Vault token"),
    ("glsa_", r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}", "Grafana token"),
    ("ATATT3", rf"ATATT3{_W}{{100,250}}=?[A-F0-9]{{0,8}}", "Atlassian token"),
    ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}", "private key"),
    ("dop_v1_", r"dop_v1_[a-f0-9]{64}", "DigitalOcean token"),
    ("eyJ", rf"(?<![A-Za-z0-9])eyJ{_W}{{10,500}}\.eyJ{_W}{{10,2000}}\.{_W}{{20,700}}", "JSON Web Token"),
    (
        "PRIVATE KEY",
        r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----[^-]{64,6000}",
        "private key",
    ),
)
