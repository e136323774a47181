"""A small brand with a blog of its own on this machine, and logging left as it was found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog

from tests.cli.driving import Driver

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kopi Tani</title><link>https://kopitani.example/</link>
<item><guid>tag:1</guid><title>Panen raya di Gayo</title><link>https://kopitani.example/panen</link>
<description>Musim panen tiba.</description></item></channel></rss>"""

CONFIG = """\
version: 1
brand: {{id: kopi-tani, name: Kopi Tani, languages: [id, en]}}
feeds: {{allow_private_addresses: true}}
defaults: {{timezone: Asia/Jakarta}}
communities:
  warung: {{platform: sandbox, language: id}}
sources:
  blog: {{type: feed, url: "{feed}"}}
  faq: {{type: faq, path: faq.yaml}}
campaigns:
  new-posts: {{from: blog, to: [warung], when: weekdays 09:00, backlog: latest 1, template: "{{{{ post.title }}}} {{{{ link }}}}"}}
"""  # noqa: E501  # one campaign, one line

FAQ = """\
- id: ship
  question: Do you ship to Bandung?
  also: [shipping, delivery to Bandung]
  answer: We ship to Bandung within two days.
  url: https://kopitani.example/ship
  language: en
"""


class _Blog(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer every path but /gone.xml with the feed."""
        found = self.path != "/gone.xml"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED if found else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def blog() -> Iterator[str]:
    """Serve the feed on loopback and give its address without the path."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Blog) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def brand(tmp_path: Path, blog: str) -> Path:
    """Write the small brand and return its configuration."""
    (tmp_path / "faq.yaml").write_text(FAQ, encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(feed=f"{blog}/feed.xml"), encoding="utf-8")
    return config


@pytest.fixture
def konektor(capsys: pytest.CaptureFixture[str]) -> Iterator[Driver]:
    """Give what runs commands in this process; logging is left as it was found."""
    root = logging.getLogger()
    level = root.level
    yield Driver(capsys)
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__module__ != "bot.log"]
    root.setLevel(level)
    structlog.reset_defaults()
