"""What tells people, connected: the outbox, reminders, the daily summary, and the ping to the outside."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass

from alerts.courier import Courier
from alerts.dead_man import DeadMan
from alerts.dispatch import Dispatcher
from alerts.escalation import Reminders
from alerts.notifiers import make_notifiers
from alerts.rulebook import CompiledRuleBook
from alerts.secrets import Secrets
from alerts.summary_post import SummaryPost, Words
from domain.ports import AlertBook, Links, Registry
from service.settings import Settings


@dataclass(frozen=True)
class Telling:
    """Used by whoever leads the alerts."""

    dispatcher: Dispatcher
    reminders: Reminders
    summary: SummaryPost
    dead_man: DeadMan
    courier: Courier


def connect_telling(
    settings: Settings,
    stack: ExitStack,
    book: AlertBook,
    registry: Registry,
    rules: CompiledRuleBook,
    links: Links,
    words: Words,
) -> Telling:
    """Opens no connection yet."""
    alerts, base_url = settings.alerts, settings.http.base_url
    courier = Courier(make_notifiers(), Secrets(alerts.secrets_dir))
    dispatcher = Dispatcher(book, registry, courier, base_url=base_url, rules=rules, links=links)
    ping = None if alerts.ping_url is None else alerts.ping_url.get_secret_value()
    return Telling(
        dispatcher=stack.enter_context(closing(dispatcher)),
        reminders=Reminders(book, rules.current),
        summary=SummaryPost(book, registry, courier, words, alerts.summary_at),
        dead_man=stack.enter_context(closing(DeadMan(ping, alerts.ping_seconds))),
        courier=courier,
    )
