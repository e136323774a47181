"""Telegram through python-telegram-bot, by long polling."""
