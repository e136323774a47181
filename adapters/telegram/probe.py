"""Whether the bot can see and say what it should, and which clicks change it. Reads only."""

from __future__ import annotations

from telegram import Bot, ChatFullInfo, ChatMember, ChatMemberRestricted, User
from telegram.error import BadRequest, ChatMigrated, Forbidden

from adapters.telegram.failures import translate_error
from adapters.telegram.settings import NAME, Account
from adapters.telegram.webhook import hook_of, is_own_address, judge_webhook
from bot.messages import ChannelRef
from bot.ports.platform import Finding

_PRIVACY_CLICKS = (
    "open @BotFather > /mybots > your bot > Bot Settings > Group Privacy > Turn off, then remove the bot from the "
    "group and add it again"
)
_ADMIN_CLICKS = "in the group: Edit > Administrators > Add Administrator > the bot (no special right is needed)"


async def examine_account(bot: Bot, me: User, settings: Account) -> tuple[Finding, ...]:
    """Look at what holds for the account everywhere (Bot API getMe, getWebhookInfo)."""
    findings = [Finding(ok=True, text=f"logged in as @{me.username}")]
    if not me.can_join_groups:
        findings.append(
            Finding(
                ok=False,
                text="the bot can't be added to groups: open @BotFather > /mybots > your bot > Bot Settings > "
                "Allow Groups? > Turn groups on",
            )
        )
    info, hook = await bot.get_webhook_info(), hook_of(settings)
    if hook is not None:
        findings += judge_webhook(info, hook)
    elif info.url and not is_own_address(info.url, settings):
        findings.append(
            Finding(
                ok=False,
                text="another program has set a webhook for this bot, and Telegram delivers there only: stop it and "
                "let it delete its webhook, or make a new token with @BotFather",
            )
        )
    return tuple(findings)


async def examine_chat(bot: Bot, me: User, chat_id: str) -> tuple[Finding, ...]:
    """Look at one group and the bot's rights in it (Bot API getChat, getChatMember)."""
    try:
        chat = await bot.get_chat(int(chat_id))
        member = await bot.get_chat_member(chat.id, me.id)
    except (BadRequest, Forbidden, ChatMigrated) as error:
        return (
            Finding(
                ok=False, text=str(translate_error(error, ChannelRef(platform=NAME, space=chat_id, channel=chat_id)))
            ),
        )
    return judge_rights(chat, member, sees_all=bool(me.can_read_all_group_messages))


def judge_rights(chat: ChatFullInfo, member: ChatMember, *, sees_all: bool) -> tuple[Finding, ...]:
    """Say what the bot may do in `chat`. Pure. `sees_all` is whether its privacy mode is off."""
    where = f'"{chat.title}" ({chat.id})'
    if member.status in {ChatMember.LEFT, ChatMember.BANNED}:
        return (Finding(ok=False, text=f"{where}: the bot is not in the group; add it as a member"),)
    if member.status in {ChatMember.ADMINISTRATOR, ChatMember.OWNER}:
        return (Finding(ok=True, text=f"{where}: administrator; sees messages, reactions and members, may write"),)

    findings = [_judge_writing(chat, member, where)]
    if sees_all:
        findings.append(Finding(ok=True, text=f"{where}: privacy mode is off, the bot sees all messages"))
    else:
        findings.append(
            Finding(
                ok=False,
                text=f"{where}: privacy mode is on, so the bot sees only commands, mentions and replies to it, and "
                f"can't count who takes part; {_PRIVACY_CLICKS}. Or make it an administrator: {_ADMIN_CLICKS}",
            )
        )
    findings.append(
        Finding(
            ok=False,
            text=f"{where}: the bot is no administrator, so reactions and joins don't reach it; {_ADMIN_CLICKS}",
        )
    )
    return tuple(findings)


def _judge_writing(chat: ChatFullInfo, member: ChatMember, where: str) -> Finding:
    restricted = isinstance(member, ChatMemberRestricted) and not member.can_send_messages
    closed = chat.permissions is not None and chat.permissions.can_send_messages is False
    if restricted:
        return Finding(
            ok=False, text=f"{where}: the bot may not write; lift its restriction: Edit > Permissions > Exceptions"
        )
    if closed:
        return Finding(ok=False, text=f"{where}: only administrators may write; make the bot one: {_ADMIN_CLICKS}")
    return Finding(ok=True, text=f"{where}: the bot may write")
