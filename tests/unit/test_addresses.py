"""An address that is put together is the one that Django would build."""

import uuid

import pytest
from django.urls import reverse

from webapp.api.addresses import address_of


@pytest.mark.parametrize("name", ["api:video", "api:explanation_events", "api:webhook_rotate"])
def test_it_is_the_address_that_django_builds(name: str) -> None:
    for row_id in (uuid.uuid4(), uuid.uuid4()):
        assert address_of(name, row_id) == reverse(name, args=[row_id])
