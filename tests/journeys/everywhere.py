"""Every platform on which members live together, as journeys are told on each."""

from __future__ import annotations

import pytest

from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_matrix import MatrixCommunity
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.on_telegram import TelegramCommunity

EVERYWHERE = (
    pytest.param(SandboxCommunity, id="sandbox"),
    pytest.param(TelegramCommunity, id="telegram"),
    pytest.param(DiscordCommunity, id="discord"),
    pytest.param(MatrixCommunity, id="matrix"),
)
