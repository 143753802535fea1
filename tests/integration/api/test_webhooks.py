"""Webhooks: nothing lost, nothing told that did not happen, signed so that the standard's own library is satisfied."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.factories import AnswerFactory, JobFactory, MembershipFactory, VideoFactory
from tests.integration.api.caller import caller_of
from webapp.accounts.actors import Actor
from webapp.api.models import Webhook, WebhookDelivery, WebhookEvent
from webapp.api.webhooks.events import EVENT_TYPES
from webapp.api.webhooks.sending import (
    CLAIM_S,
    MAX_ATTEMPTS,
    WAITS_S,
    deliveries_due,
    delivery_send,
    events_forget,
)
from webapp.api.webhooks.services import (
    delivery_replay,
    webhook_create,
    webhook_ping,
    webhook_rotate,
    webhook_set_active,
)
from webapp.api.webhooks.signing import sign
from webapp.conversations.jobs import ANSWER
from webapp.jobs.services import job_cancel
from webapp.lib import outside
from webapp.videos.services import video_set_ready

pytestmark = pytest.mark.django_db


@dataclass
class Receiver:
    """What came, and what is answered: a status, or a whole list of them, the last for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.OUTSIDE_ALLOWED = ["127.0.0.0/8"]
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append(({name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(told.answers.pop(0) if len(told.answers) > 1 else told.answers[0])
            for name, text in told.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def admin() -> Actor:
    return Actor(membership=MembershipFactory(role="admin"), via="page")


def hook(admin: Actor, receiver: Receiver, signing: str = "v1", events: tuple[str, ...] = ("video.ready",)) -> Any:
    return webhook_create(actor=admin, name="HIS", url=receiver.url, event_types=events, signing=signing)


def send_due() -> list[bool]:
    return [delivery_send(delivery) for delivery in deliveries_due()]


def make_due() -> None:
    WebhookDelivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def ready_video(admin: Actor) -> Any:
    video = VideoFactory(owner=admin.person, status="processing")
    video_set_ready(video)
    return video


def test_the_standards_own_library_is_satisfied(admin: Actor, receiver: Receiver) -> None:
    _, secret = hook(admin, receiver)
    video = ready_video(admin)
    assert send_due() == [True]
    headers, body = receiver.came[0]
    told = Verifier(secret).verify(body, headers)
    assert (told["type"], told["data"]) == ("video.ready", {"id": str(video.pk)})
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"ready", b"reaby"), headers)


def test_it_signs_as_the_vector_of_the_standard_says() -> None:
    signed = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_key_pair_signs_so_that_its_public_half_agrees(admin: Actor, receiver: Receiver) -> None:
    _, public = hook(admin, receiver, signing="v1a")
    assert public.startswith("whpk_")
    ready_video(admin)
    send_due()
    headers, body = receiver.came[0]
    version, signature = headers["webhook-signature"].split(",")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert version == "v1a"
    key.verify(base64.b64decode(signature), signed)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), signed + b"x")


def test_it_names_ids_and_nothing_of_a_patient(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver, events=("video.created",))
    VideoFactory(owner=admin.person, title="Muster, Erika", original_filename="muster.mp4")
    send_due()
    _, body = receiver.came[0]
    assert set(json.loads(body)) == {"type", "timestamp", "data"}
    assert b"uster" not in body


def test_after_a_rotation_both_keys_are_good_for_a_day(admin: Actor, receiver: Receiver) -> None:
    webhook, old = hook(admin, receiver)
    new = webhook_rotate(webhook, actor=admin)
    ready_video(admin)
    send_due()
    headers, body = receiver.came[0]
    for secret in (old, new):
        Verifier(secret).verify(body, headers)
    Webhook.objects.update(key_before_until=timezone.now() - timedelta(seconds=1))
    ready_video(admin)
    send_due()
    headers, body = receiver.came[1]
    Verifier(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(body, headers)


def test_what_is_rolled_back_is_told_to_nobody(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    with transaction.atomic():
        ready_video(admin)
        assert WebhookEvent.objects.count() == 1
        transaction.set_rollback(True)
    assert not WebhookEvent.objects.exists()


def test_one_hospital_is_not_told_of_another(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    ready_video(Actor(membership=MembershipFactory(), via="page"))
    assert send_due() == []


def test_only_what_was_chosen_is_told(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver, events=("video.removed", "answer.finished", "job.finished"))
    ready_video(admin).delete()
    job = JobFactory(owner=admin.person, kind=ANSWER.name)
    AnswerFactory(job=job)
    job_cancel(job, actor=None)
    send_due()
    assert [json.loads(body)["type"] for _, body in receiver.came] == [
        "video.removed",
        "job.finished",
        "answer.finished",
    ]


def test_ten_attempts_by_the_schedule_then_it_is_given_up(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    receiver.answers = [500]
    ready_video(admin)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        make_due()
        assert send_due() == [False]
        waits.append((WebhookDelivery.objects.get().next_at - timezone.now()).total_seconds())
    assert MAX_ATTEMPTS == 10
    for wait_s, planned_s in zip(waits, WAITS_S, strict=False):
        assert planned_s - 5 <= wait_s <= planned_s * 1.1 + 1
    assert WebhookDelivery.objects.get().status == "failed"
    make_due()
    assert send_due() == []
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_anything_but_success_is_tried_again_and_nothing_followed(
    admin: Actor, receiver: Receiver, status: int
) -> None:
    hook(admin, receiver)
    receiver.answers, receiver.headers = [status], {"Location": receiver.url}
    ready_video(admin)
    assert send_due() == [False]
    assert len(receiver.came) == 1
    assert WebhookDelivery.objects.get().status == "pending"


def test_who_is_gone_for_good_is_switched_off(admin: Actor, receiver: Receiver) -> None:
    webhook, _ = hook(admin, receiver)
    receiver.answers = [410]
    ready_video(admin)
    send_due()
    webhook.refresh_from_db()
    assert (webhook.is_active, "410" in webhook.off_reason) == (False, True)
    ready_video(admin)
    assert WebhookEvent.objects.count() == 1


def test_who_is_too_busy_says_when(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    receiver.answers, receiver.headers = [429], {"Retry-After": "3600"}
    ready_video(admin)
    send_due()
    wait_s = (WebhookDelivery.objects.get().next_at - timezone.now()).total_seconds()
    assert 3590 <= wait_s <= 3601


def test_what_waits_while_it_is_off_goes_out_once_it_is_on(admin: Actor, receiver: Receiver) -> None:
    webhook, _ = hook(admin, receiver)
    ready_video(admin)
    webhook_set_active(webhook, actor=admin, is_active=False)
    assert send_due() == []
    webhook_set_active(webhook, actor=admin, is_active=True)
    assert send_due() == [True]


def test_two_senders_do_not_send_the_same_and_a_dead_ones_is_sent_by_the_next(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    ready_video(admin)
    assert len(deliveries_due()) == 1
    assert deliveries_due() == []
    assert len(deliveries_due(now=timezone.now() + timedelta(seconds=CLAIM_S + 1))) == 1


def test_a_failed_one_can_be_sent_again_with_the_id_it_had(admin: Actor, receiver: Receiver) -> None:
    webhook, _ = hook(admin, receiver)
    webhook_ping(webhook, actor=admin)
    receiver.answers = [500, 200]
    send_due()
    delivery = delivery_replay(WebhookDelivery.objects.get(), actor=admin)
    assert send_due() == [True]
    delivery.refresh_from_db()
    assert [attempt["status"] for attempt in delivery.attempts] == [500, 200]
    assert receiver.came[0][0]["webhook-id"] == receiver.came[1][0]["webhook-id"]


@pytest.mark.parametrize(
    "url",
    [
        "http://his.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://0.0.0.0/",
        "gopher://x/",
    ],
)
def test_an_address_inside_the_house_is_refused_unless_it_was_allowed(admin: Actor, settings, url: str) -> None:
    settings.OUTSIDE_ALLOWED = []
    with pytest.raises(outside.OutsideRefused):
        webhook_create(actor=admin, name="x", url=url, event_types=["video.ready"])


def test_a_name_that_comes_to_lead_inside_is_not_called(admin: Actor, receiver: Receiver, settings) -> None:
    hook(admin, receiver)
    Webhook.objects.update(url=receiver.url.replace("http://127.0.0.1", "https://localhost"))
    settings.OUTSIDE_ALLOWED = []
    ready_video(admin)
    assert send_due() == [False]
    assert receiver.came == []
    assert "inside the house" in WebhookDelivery.objects.get().attempts[0]["error"]


def test_a_receiver_that_never_ends_is_late(admin: Actor, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTSIDE_ALLOWED = ["127.0.0.0/8"]

    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 1024)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    Thread(target=server.serve_forever, daemon=True).start()
    answer = outside.send("POST", f"http://127.0.0.1:{server.server_port}/", headers={}, body=b"x")
    assert len(answer.body) == outside.ANSWER_MAX_BYTES
    monkeypatch.setattr(outside, "ANSWER_MAX_BYTES", 2**40)
    with pytest.raises(outside.OutsideUnreachable):
        outside.send("POST", f"http://127.0.0.1:{server.server_port}/", headers={}, body=b"x", timeout_s=0.3)
    server.shutdown()
    server.server_close()


def test_keys_are_sealed_in_the_database(admin: Actor, receiver: Receiver) -> None:
    _, secret = hook(admin, receiver)
    assert secret not in str(list(Webhook.objects.values()))


def test_old_events_are_forgotten(admin: Actor, receiver: Receiver) -> None:
    hook(admin, receiver)
    ready_video(admin)
    assert events_forget(now=timezone.now()) == 0
    assert events_forget(now=timezone.now() + timedelta(days=31)) == 2


def test_an_administrators_program_adds_tries_and_reads_them(admin: Actor, receiver: Receiver) -> None:
    caller = caller_of(admin.person)
    made = caller.post("/webhooks", {"name": "HIS", "url": receiver.url, "event_types": sorted(EVENT_TYPES)})
    assert made.status_code == 201
    path = f"/webhooks/{made.json()['id']}"
    assert made.json()["key"] not in caller.get(path).content.decode()
    assert caller.post(f"{path}/ping").status_code == 202
    send_due()
    Verifier(made.json()["key"]).verify(receiver.came[0][1], receiver.came[0][0])
    (row,) = caller.get(f"{path}/deliveries").json()["items"]
    assert (row["status"], row["attempts"][0]["status"]) == ("delivered", 200)
    refused = caller.post("/webhooks", {"name": "x", "url": "https://10.0.0.1/", "event_types": ["video.ready"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "address_refused")
    assert caller_of(MembershipFactory(hospital=admin.hospital).user).get("/webhooks").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_clocks_thread_delivers_what_is_due(admin: Actor, receiver: Receiver) -> None:
    from workers.webhooks import deliver_once

    hook(admin, receiver)
    ready_video(admin)
    with ThreadPoolExecutor(2) as pool:
        assert deliver_once(pool) == 1
    assert WebhookDelivery.objects.get().status == "delivered"
