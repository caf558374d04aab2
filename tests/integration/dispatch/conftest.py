"""What the tests of dispatch share: each kind of channel, as the contract sees it."""

from dataclasses import dataclass

import pytest

from tests import mailbox as receivers
from tests.mailbox import HookSink, Mailbox, Reply
from tests.sending import email_channel, hook_channel


@dataclass
class Mails:
    """Email, as the contract sees it."""

    receiver: Mailbox
    make = staticmethod(email_channel)

    def ids(self):
        return [mail.message_id for mail in self.receiver.mails]

    def fail_once(self):
        self.receiver.greylist(1)

    def refuse(self):
        self.receiver.refuse()

    def lose_the_answer_once(self):
        self.receiver.answer("DATA", receivers.ACCEPT_THEN_DROP, times=1)

    def hang(self):
        self.receiver.answer("DATA", receivers.HANG)

    def has_been_asked(self):
        return self.receiver.hanging > 0

    def is_marked_as_test(self):
        return "[TEST]" in self.receiver.mails[0].subject


@dataclass
class Hooks:
    """Webhook, as the contract sees it."""

    receiver: HookSink
    make = staticmethod(hook_channel)

    def ids(self):
        return [request.headers["webhook-id"] for request in self.receiver.requests]

    def fail_once(self):
        self.receiver.reply(Reply(503))

    def refuse(self):
        self.receiver.always(Reply(410))

    def lose_the_answer_once(self):
        self.receiver.reply(Reply(action=receivers.DROP))

    def hang(self):
        self.receiver.always(Reply(action=receivers.HANG))

    def has_been_asked(self):
        return bool(self.receiver.requests)

    def is_marked_as_test(self):
        return self.receiver.requests[0].json["type"] == "alert.test"


@pytest.fixture(params=["email", "webhook"])
def kind(request):
    if request.param == "email":
        with Mailbox(users={"quivive": "hunter2"}) as mailbox:
            yield Mails(mailbox)
    else:
        with HookSink() as hook:
            yield Hooks(hook)


@pytest.fixture
def hook():
    with HookSink() as hook:
        yield hook
