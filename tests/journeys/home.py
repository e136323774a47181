"""A brand's files as a marketer has them: config.yaml, an FAQ, and a blog whose feed grows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.community import LARAS, Community
from tests.servers.feed_server import Answer, feed

#: The community's key.
KEY = "warung"
SAMPLE_FAQ = Path(__file__).resolve().parents[2] / "demo" / "faq.yaml"


@dataclass(frozen=True, kw_only=True)
class BlogPost:
    """One post of the blog."""

    slug: str
    title: str
    summary: str

    @property
    def link(self) -> str:
        """Where it stands."""
        return f"https://kopitani.example/blog/{self.slug}"


OLD = BlogPost(slug="bumi-ayu", title="Catatan dari Bumi Ayu", summary="Panen tahun lalu di lereng.")
NEW = BlogPost(slug="panen-gayo", title="Panen raya di Gayo", summary="Ceri merah dipetik sejak subuh.")


def blog(*posts: BlogPost) -> Answer:
    """Answer with the blog's feed: RSS, the newest post first."""
    items = "".join(
        f"<item><guid>{post.link}</guid><title>{post.title}</title><link>{post.link}</link>"
        f"<description>{post.summary}</description></item>"
        for post in reversed(posts)
    )
    head = "<title>Kopi Tani</title><link>https://kopitani.example/</link>"
    return feed(f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode())


def write_config(
    folder: Path,
    *,
    communities: dict[str, Community],
    feeds: dict[str, str],
    store: str = "sqlite:///konektor.db",
) -> Path:
    """Write the brand's files into `folder` and return config.yaml; `feeds` are addresses by key."""
    shutil.copyfile(SAMPLE_FAQ, folder / "faq.yaml")
    accounts = "".join({each.platform: each.accounts for each in communities.values()}.values())
    laras = ", ".join(
        f'{name}: "{known}"'
        for name, known in {each.platform: each.known_as(LARAS) for each in communities.values()}.items()
    )
    places = "".join(
        f"  {key}:\n    platform: {each.platform}\n    language: id\n{each.address}"
        for key, each in communities.items()
    )
    sources = "".join(f'  {key}: {{type: feed, url: "{url}", check_every: 15m}}\n' for key, url in feeds.items())
    path = folder / "config.yaml"
    path.write_text(
        f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "{store}"}}
{f"platforms:{chr(10)}{accounts}" if accounts else ""}
people:
  laras: {{{laras}}}
defaults: {{timezone: Asia/Jakarta, quiet_hours: none, max_posts: none}}
communities:
{places}
feeds: {{allow_private_addresses: true}}
sources:
{sources}  faq: {{type: faq, path: faq.yaml}}
campaigns:
  new-posts:
    from: [{", ".join(feeds)}]
    to: [{", ".join(communities)}]
    when: as_published
    utm: {{source: "{{{{ platform }}}}", medium: community, campaign: new-posts}}
    template:
      default:
        style: embed
        text: |
          Ada cerita baru: {{{{ post.title }}}}
          {{{{ link }}}}
answers:
  from: [faq]
  confidence: balanced
  handoff: {{to: laras, after: 15m}}
engagement:
  ignore: {{members: [laras]}}
""",
        encoding="utf-8",
    )
    return path
